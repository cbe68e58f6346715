// SPDX-License-Identifier: GPL-2.0
/*
 * cocon: the guest's console, between its two queues and console.c. tools/build/way
 * checks these drawings.
 *
 * "-" marks a call by the function above, "~" a call through a pointer, as a callback or
 * for an event. At the left edge the event loop continues (device/loop.h). All of it runs
 * in the I/O thread.
 *
 * The way of a line that is shown:
 *
 *	~ device_kick()              device/device.c     the guest has kicked
 *	~ cocon_serve()              console/cocon.c     at the end of the batch of events
 *	  `- cocon_turn()            console/cocon.c
 *	     |- cocon_tx()           console/cocon.c
 *	     |  |- queue_take()      device/queue.c
 *	     |  |  `- queue_pop()    device/queue.c      takes the text
 *	     |  |- cocon_tx_show()   console/cocon.c     finds it in the guest's memory
 *	     |  |  `- console_write()  console/console.c   to the backlog and the viewers
 *	     |  `- cocon_tx_answer() console/cocon.c
 *	     |     `- queue_push()   device/queue.c      puts the completion in the ring
 *	     `- device_notify()      device/device.c     interrupts the guest
 *
 * The way of what is typed:
 *
 *	~ cocon_typed()              console/cocon.c     a viewer has typed (console.c)
 *	  `- cocon_turn()            console/cocon.c
 *	     |- cocon_rx()           console/cocon.c
 *	     |  |- queue_pop()       device/queue.c      takes an empty buffer
 *	     |  `- cocon_rx_answer() console/cocon.c
 *	     |     |- console_read() console/console.c   fills it
 *	     |     `- queue_push()   device/queue.c      puts its completion in the ring
 *	     `- device_notify()      device/device.c     interrupts the guest
 *
 * A TX request is answered only when its text is in the backlog. So a guest that prints
 * faster than its viewers read has to wait. An RX request is an empty buffer. It is
 * answered with the input that there is.
 */
#include <stdlib.h>

#include "cocon.h"
#include "console.h"
#include "front.h"
#include "ptyview.h"

#define TX_SEGS		16

/*
 * Requests of each queue, and bytes of output, before other devices get their turn. A
 * request is a line or less, and viewers get the output of a turn in one piece.
 */
#define BUDGET		512
#define BUDGET_BYTES	65536

/**
 * struct cocon - a console
 * @dev:	the device
 * @con:	backlog and viewers
 * @front:	the viewer that is colinux-run itself
 * @pty:	the pseudo-terminal
 * @params:	the user's parameters
 * @key:	callback for keys that are not for the guest
 * @key_arg:	first argument of @key
 * @cols:	width of the window in characters, 0 if unknown
 * @rows:	its height
 * @segs:	segments of the TX request in progress
 * @nr_segs:	their number, 0 if there is no such request
 * @seg:	index of the current segment
 * @done:	bytes of that segment that are in the backlog
 * @opened:	true once the guest has given buffers for input
 */
struct cocon {
	struct device dev;
	struct console con;
	struct front front;
	struct pty pty;
	const struct params *params;
	void (*key)(void *arg, char key);
	void *key_arg;
	unsigned int cols;
	unsigned int rows;
	struct co_sub segs[TX_SEGS];
	int nr_segs;
	int seg;
	uint32_t done;
	bool opened;
};

static struct cocon *to_cocon(struct device *dev)
{
	return container_of(dev, struct cocon, dev);
}

/*
 * TX: output of the guest.
 */

/* Return: true when the whole request is in the backlog. */
static bool cocon_tx_show(struct cocon *cocon, struct queue *q, size_t *budget)
{
	while (cocon->seg < cocon->nr_segs) {
		const struct co_sub *s = &cocon->segs[cocon->seg];
		const char *text = queue_data(q, s);
		size_t len = s->len - cocon->done;

		if (!text)
			return false;
		if (len > *budget)
			len = *budget;
		len = console_write(&cocon->con, text + cocon->done, len);
		cocon->done += len;
		*budget -= len;
		if (cocon->done < s->len)
			return false;
		cocon->seg++;
		cocon->done = 0;
	}
	return true;
}

static void cocon_tx_answer(struct cocon *cocon, struct queue *q)
{
	const struct co_comp comp = { .id = cocon->segs[0].id };

	cocon->nr_segs = 0;
	cocon->seg = 0;
	queue_push(q, &comp);
}

/* Return: true if there may be more to do. */
static bool cocon_tx(struct cocon *cocon)
{
	struct queue *q = &cocon->dev.queues[CO_COCON_TX].queue;
	size_t bytes = BUDGET_BYTES;

	for (int i = 0; i < BUDGET; i++) {
		if (!cocon->nr_segs)
			cocon->nr_segs = queue_take(q, cocon->segs, TX_SEGS);
		if (!cocon->nr_segs)
			return false;
		/* Without room in the backlog, cocon_room() will go on. */
		if (!cocon_tx_show(cocon, q, &bytes))
			return !bytes;
		cocon_tx_answer(cocon, q);
	}
	return true;
}

/*
 * RX: input for the guest.
 */

static void cocon_rx_answer(struct cocon *cocon, struct queue *q,
			    const struct co_sub *sub)
{
	struct co_comp comp = { .id = sub->id };
	void *buf = queue_data(q, sub);

	if (!buf)
		return;
	if (!(sub->flags & CO_SUB_WRITE)) {
		queue_break(q, "gave a read-only buffer for input");
		return;
	}
	comp.len = console_read(&cocon->con, buf, sub->len);
	queue_push(q, &comp);
}

/* Return: true if there may be more to do: the guest's buffers may be small. */
static bool cocon_rx(struct cocon *cocon)
{
	struct queue *q = &cocon->dev.queues[CO_COCON_RX].queue;

	for (int i = 0; i < BUDGET; i++) {
		struct co_sub sub;
		int n;

		if (cocon->con.input_pos == cocon->con.input_len)
			return false;
		n = queue_pop(q, &sub, 1);
		if (n < 0 || (!n && queue_arm(q)))
			return false;
		if (n)
			cocon_rx_answer(cocon, q, &sub);
	}
	return true;
}

/* Serve one queue. Return: true if it is served again later. */
static bool cocon_turn(struct cocon *cocon, unsigned int queue)
{
	struct device *dev = &cocon->dev;
	bool more;

	if (dev->gone)
		return false;
	more = queue == CO_COCON_RX ? cocon_rx(cocon) : cocon_tx(cocon);
	device_notify(dev);
	if (device_broken(dev)) {
		device_remove(dev);
		return false;
	}
	if (more)
		device_later(dev);
	return more;
}

static void cocon_serve(struct loop_task *task)
{
	struct cocon *cocon = container_of(task, struct cocon, dev.task);

	cocon_turn(cocon, CO_COCON_TX);
	cocon_turn(cocon, CO_COCON_RX);
}

static void cocon_kick(struct device *dev, unsigned int queue)
{
	if (queue == CO_COCON_RX)
		to_cocon(dev)->opened = true;
}

static void cocon_room(struct console *con)
{
	struct cocon *cocon = container_of(con, struct cocon, con);

	cocon_turn(cocon, CO_COCON_TX);
}

static void cocon_typed(struct console *con)
{
	struct cocon *cocon = container_of(con, struct cocon, con);

	cocon_turn(cocon, CO_COCON_RX);
}

static bool cocon_key(struct keys *keys, char key)
{
	struct front *front = container_of(keys, struct front, keys);
	struct cocon *cocon = container_of(front, struct cocon, front);

	cocon->key(cocon->key_arg, key);
	return true;
}

/*
 * The device.
 */

static void cocon_config(struct device *dev, struct co_dev *slot)
{
	const struct cocon *cocon = to_cocon(dev);

	slot->cocon.cols = cocon->cols;
	slot->cocon.rows = cocon->rows;
}

static bool cocon_drained(struct device *dev)
{
	struct cocon *cocon = to_cocon(dev);
	bool more = cocon_turn(cocon, CO_COCON_TX);

	return !more && (dev->gone || !cocon->nr_segs) &&
	       console_shown(&cocon->con);
}

static void cocon_free(struct device *dev)
{
	struct cocon *cocon = to_cocon(dev);

	pty_close(&cocon->pty);
	front_close(&cocon->front);
	console_free(&cocon->con);
	device_detach(dev);
	free(cocon);
}

static const struct device_ops cocon_ops = {
	.type = CO_DEV_COCON,
	.name = "cocon",
	.config = cocon_config,
	.kick = cocon_kick,
	.serve = cocon_serve,
	.drained = cocon_drained,
	.free = cocon_free,
};

/**
 * cocon_window() - read the size of the terminal's window again
 * @dev:	the device
 */
void cocon_window(struct device *dev)
{
	struct cocon *cocon = to_cocon(dev);

	if (cocon->front.mode != CONSOLE_TTY || cocon->params->cols ||
	    tty_size(&cocon->cols, &cocon->rows))
		return;
	if (dev->table)
		device_update(dev);
}

/**
 * cocon_resize() - give the window a new size
 * @dev:	the device
 * @cols:	its width
 * @rows:	its height
 */
void cocon_resize(struct device *dev, unsigned int cols, unsigned int rows)
{
	struct cocon *cocon = to_cocon(dev);

	cocon->cols = cols;
	cocon->rows = rows;
	if (dev->table)
		device_update(dev);
}

/**
 * cocon_size() - the size of the window
 * @dev:	the device
 * @cols:	filled in: its width, 0 if unknown
 * @rows:	filled in: its height
 */
void cocon_size(struct device *dev, unsigned int *cols, unsigned int *rows)
{
	*cols = to_cocon(dev)->cols;
	*rows = to_cocon(dev)->rows;
}

/**
 * cocon_console() - the host's side of a console
 * @dev:	the device
 *
 * Return: the struct console, to which viewers can be added.
 */
struct console *cocon_console(struct device *dev)
{
	return &to_cocon(dev)->con;
}

/**
 * cocon_opened() - has the guest ever accepted input?
 * @dev:	the device
 *
 * Return: true once it has given a buffer for input.
 */
bool cocon_opened(struct device *dev)
{
	return to_cocon(dev)->opened;
}

/**
 * cocon_start() - begin to show the console, before the guest runs
 * @dev:	the device, attached
 * @err:	reason for the failure
 *
 * Return: 0 or -1.
 */
int cocon_start(struct device *dev, struct err *err)
{
	struct cocon *cocon = to_cocon(dev);

	if (cocon->front.mode == CONSOLE_PTY)
		msg_note("console on %s", cocon->pty.path);
	else if (cocon->pty.path[0])
		msg_info("console also on %s", cocon->pty.path);
	return front_start(&cocon->front, err);
}

static int open_viewers(struct cocon *cocon, struct err *err)
{
	const struct params *p = cocon->params;

	if (p->action == ACTION_CHECK && p->console == CONSOLE_FILE)
		return front_check_file(p->console_file, err);
	if (front_open(&cocon->front, &cocon->con, p->console_file, err))
		return -1;
	cocon->front.keys.key = cocon_key;
	cocon->cols = p->cols;
	cocon->rows = p->rows;
	cocon_window(&cocon->dev);
	if (p->console == CONSOLE_NONE ||
	    !pty_open(&cocon->pty, &cocon->con, cocon->cols, cocon->rows, err))
		return 0;
	if (p->console == CONSOLE_PTY)
		return -1;
	/* There is another viewer: the guest can do without the pseudo-terminal. */
	msg_info("%s", err->text);
	cocon->pty.path[0] = '\0';
	return 0;
}

/**
 * cocon_open() - make a console and open its viewers
 * @params:	the user's parameters; must live as long as the device
 * @loop:	event loop that will serve it
 * @key:	callback for keys that are not for the guest
 * @arg:	first argument of @key
 * @err:	reason for the failure
 *
 * Return: the device or NULL.
 */
struct device *cocon_open(const struct params *params, struct loop *loop,
			  void (*key)(void *arg, char key), void *arg,
			  struct err *err)
{
	struct cocon *cocon = calloc(1, sizeof(*cocon));

	if (!cocon) {
		err_set(err, "cocon: out of memory");
		return NULL;
	}
	device_init(&cocon->dev, &cocon_ops, 0);
	cocon->dev.loop = loop;
	cocon->params = params;
	cocon->key = key;
	cocon->key_arg = arg;
	front_init(&cocon->front, params->console);
	pty_init(&cocon->pty);
	if (console_init(&cocon->con, loop, err))
		goto out_free;
	cocon->con.room = cocon_room;
	cocon->con.typed = cocon_typed;
	if (open_viewers(cocon, err))
		goto out_free;
	return &cocon->dev;

out_free:
	cocon_free(&cocon->dev);
	return NULL;
}
