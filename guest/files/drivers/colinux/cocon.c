// SPDX-License-Identifier: GPL-2.0
/*
 * cocon: the console, /dev/hvc0, as a back end of the kernel's hvc driver.
 *
 * It starts in two steps. From console_initcall() on, printk can write text to the
 * TX queue: this needs memory only, no interrupt and no device model. When the bus
 * finds the device, cocon becomes a tty as well.
 *
 * Text is copied into small buffers, one per request, because hvc and printk reuse
 * theirs. printk must neither lose text nor hang if the monitor shows none. So if
 * the queue is full, printk waits for at most COCON_WAIT_US. After a wait in vain
 * it drops text until a buffer is free again.
 */
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../tty/hvc/hvc_console.h"
#include "bus.h"
#include "ring.h"

#define COCON_BUFS	128	/* most buffers of a queue */
#define COCON_BUF_SIZE	128	/* bytes of a buffer: room for most lines */
#define COCON_OUTBUF	1024	/* bytes of hvc's buffer for the tty's output */
#define COCON_WAIT_US	200000
#define COCON_POLL_US	10

/**
 * struct cocon_queue - one direction
 * @ring:	queue
 * @bufs:	number of buffers; request id n is buffer n
 * @buf:	buffers
 */
struct cocon_queue {
	struct co_ring ring;
	u32 bufs;
	u8 (*buf)[COCON_BUF_SIZE];
};

/**
 * struct cocon - a console
 * @cdev:	device, NULL until the bus has found it
 * @hvc:	tty, NULL until the bus has found the device
 * @tx:		queue for output
 * @tx_lock:	protects @tx and @tx_next
 * @tx_next:	number of the buffer to fill next; buffers are used in turn
 * @tx_stuck:	true after a wait in vain: drop text until a buffer is free
 * @rx:		queue for input; protected by the lock of @hvc
 * @rx_buf:	number of the buffer that is being read
 * @rx_pos:	number of bytes already read of this buffer
 * @rx_len:	number of bytes in this buffer
 */
struct cocon {
	struct co_device *cdev;
	struct hvc_struct *hvc;

	struct cocon_queue tx;
	spinlock_t tx_lock;	/* innermost: printk's caller may hold others */
	u32 tx_next;
	bool tx_stuck;

	struct cocon_queue rx;
	u32 rx_buf;
	u32 rx_pos;
	u32 rx_len;
};

/*
 * hvc identifies a console by its number only. Consoles are never freed: hvc uses
 * one as long as a program has it open.
 */
static struct cocon *cocon_units[CO_MAX_COCON];

static void cocon_put_buf(struct cocon_queue *queue, u32 id, u32 len, u16 flags)
{
	co_ring_add(&queue->ring, &(struct co_sub) {
		.addr = virt_to_phys(queue->buf[id]),
		.len = len,
		.id = id,
		.flags = flags,
	});
	co_ring_publish(&queue->ring);
}

static void cocon_kick(struct cocon_queue *queue)
{
	if (co_ring_wants_kick(&queue->ring))
		co_ring_kick(&queue->ring);
}

/* Is the next buffer free? It is the oldest: buffers are used in turn. */
static bool cocon_tx_ready(struct cocon *con)
{
	struct co_ring *ring = &con->tx.ring;
	struct co_comp comp;

	while (co_ring_get(ring, &comp))
		;
	if (co_ring_busy(ring, con->tx_next) || !co_ring_space(ring))
		return false;

	con->tx_stuck = false;
	return true;
}

static u32 cocon_tx_fill(struct cocon *con, const char *text, u32 len)
{
	struct cocon_queue *tx = &con->tx;

	len = min_t(u32, len, COCON_BUF_SIZE);
	memcpy(tx->buf[con->tx_next], text, len);
	cocon_put_buf(tx, con->tx_next, len, 0);
	con->tx_next = (con->tx_next + 1) % tx->bufs;
	return len;
}

static u32 cocon_tx(struct cocon *con, const char *text, u32 len)
{
	u32 done = 0;

	do {
		while (done < len && cocon_tx_ready(con))
			done += cocon_tx_fill(con, text + done, len - done);
	} while (done < len && !co_ring_rearm(&con->tx.ring, 0));

	cocon_kick(&con->tx);
	return done;
}

/*
 * Returns the number of bytes taken. hvc keeps the rest. Its tty side tries again
 * after an interrupt. printk tries again after cocon_flush() if this returns
 * -EAGAIN, and drops the text if it returns 0.
 */
static int cocon_put_chars(u32 unit, const char *text, int len)
{
	struct cocon *con = cocon_units[unit];
	unsigned long flags;
	u32 done;

	if (co_ring_broken(&con->tx.ring))
		return len;

	spin_lock_irqsave(&con->tx_lock, flags);
	done = cocon_tx(con, text, len);
	spin_unlock_irqrestore(&con->tx_lock, flags);

	if (!done && !con->tx_stuck)
		return -EAGAIN;
	return done;
}

static bool cocon_tx_poll(struct cocon *con)
{
	unsigned long flags;
	bool ready;

	spin_lock_irqsave(&con->tx_lock, flags);
	ready = cocon_tx_ready(con);
	spin_unlock_irqrestore(&con->tx_lock, flags);
	return ready;
}

/* printk calls this without @wait: it cannot sleep. The tty side tries again later. */
static int cocon_flush(u32 unit, bool wait)
{
	struct cocon *con = cocon_units[unit];
	u32 us;

	if (wait || con->tx_stuck)
		return 0;

	for (us = 0; us < COCON_WAIT_US; us += COCON_POLL_US) {
		if (co_ring_broken(&con->tx.ring) || cocon_tx_poll(con))
			return 0;
		udelay(COCON_POLL_US);
	}
	con->tx_stuck = true;
	return 0;
}

/* Posts a buffer for input. */
static void cocon_rx_post(struct cocon *con, u32 id)
{
	if (co_ring_space(&con->rx.ring))
		cocon_put_buf(&con->rx, id, COCON_BUF_SIZE, CO_SUB_WRITE);
}

/* Takes the next buffer that is not empty. Returns false if there is none. */
static bool cocon_rx_next(struct cocon *con)
{
	struct co_ring *ring = &con->rx.ring;
	struct co_comp comp;

	do {
		while (co_ring_get(ring, &comp)) {
			if (comp.len > COCON_BUF_SIZE) {
				co_ring_break(ring, "overran a buffer",
					      comp.len);
				return false;
			}
			con->rx_buf = comp.id;
			con->rx_pos = 0;
			con->rx_len = comp.len;
			if (comp.len)
				return true;
			cocon_rx_post(con, comp.id);
		}
	} while (!co_ring_rearm(ring, 0));
	return false;
}

static u32 cocon_rx_take(struct cocon *con, char *text, u32 len)
{
	len = min(len, con->rx_len - con->rx_pos);
	memcpy(text, &con->rx.buf[con->rx_buf][con->rx_pos], len);
	con->rx_pos += len;
	if (con->rx_pos == con->rx_len)
		cocon_rx_post(con, con->rx_buf);
	return len;
}

static int cocon_get_chars(u32 unit, char *text, int len)
{
	struct cocon *con = cocon_units[unit];
	int done = 0;

	while (done < len &&
	       (con->rx_pos < con->rx_len || cocon_rx_next(con)))
		done += cocon_rx_take(con, text + done, len - done);

	cocon_kick(&con->rx);
	return done;
}

static void cocon_resize(struct cocon *con)
{
	const struct co_dev_cocon *config = &con->cdev->config.cocon;
	struct winsize ws = {
		.ws_col = config->cols,
		.ws_row = config->rows,
	};

	if (ws.ws_col && ws.ws_row)
		hvc_resize(con->hvc, ws);
}

static int cocon_opened(struct hvc_struct *hvc, int unit)
{
	hvc->irq_requested = 1;
	cocon_resize(cocon_units[unit]);
	return 0;
}

static void cocon_closed(struct hvc_struct *hvc, int unit)
{
	hvc->irq_requested = 0;
}

static const struct hv_ops cocon_ops = {
	.get_chars	= cocon_get_chars,
	.put_chars	= cocon_put_chars,
	.flush		= cocon_flush,
	.notifier_add	= cocon_opened,
	.notifier_del	= cocon_closed,
	.notifier_hangup = cocon_closed,
};

static irqreturn_t cocon_interrupt(int irq, void *data)
{
	struct cocon *con = data;

	if (hvc_poll(con->hvc))
		hvc_kick();
	if (co_ring_broken(&con->rx.ring) || co_ring_broken(&con->tx.ring))
		co_device_fail(con->cdev);
	return IRQ_HANDLED;
}

static int cocon_queue_init(struct cocon_queue *queue,
			    const struct co_dev *config, unsigned int nr)
{
	int err;

	queue->bufs = min_t(u32, config->queue_size[nr], COCON_BUFS);
	queue->buf = kcalloc(queue->bufs, COCON_BUF_SIZE, GFP_KERNEL);
	if (!queue->buf)
		return -ENOMEM;

	err = co_ring_init(&queue->ring, config, nr, NULL);
	if (err)
		kfree(queue->buf);
	return err;
}

static void cocon_queue_exit(struct cocon_queue *queue)
{
	co_ring_exit(&queue->ring);
	kfree(queue->buf);
}

static struct cocon *cocon_new(const struct co_dev *config)
{
	struct cocon *con;
	int err;

	con = kzalloc(sizeof(*con), GFP_KERNEL);
	if (!con)
		return ERR_PTR(-ENOMEM);

	spin_lock_init(&con->tx_lock);
	err = cocon_queue_init(&con->tx, config, CO_COCON_TX);
	if (err)
		goto err_free;

	err = cocon_queue_init(&con->rx, config, CO_COCON_RX);
	if (err)
		goto err_tx;

	cocon_units[config->unit] = con;
	return con;

err_tx:
	cocon_queue_exit(&con->tx);
err_free:
	kfree(con);
	return ERR_PTR(err);
}

static int __init cocon_console_init(void)
{
	struct co_dev config;
	struct cocon *con;

	if (co_bus_find(CO_DEV_COCON, 0, &config))
		return 0;

	con = cocon_new(&config);
	if (IS_ERR(con))
		return PTR_ERR(con);
	return hvc_instantiate(config.unit, config.unit, &cocon_ops);
}
console_initcall(cocon_console_init);

static int cocon_start(struct cocon *con, struct co_device *cdev)
{
	u32 unit = cdev->config.unit;
	u32 id;
	int err;

	for (id = 0; id < con->rx.bufs; id++)
		cocon_rx_post(con, id);
	cocon_kick(&con->rx);

	con->cdev = cdev;
	con->hvc = hvc_alloc(unit, unit, &cocon_ops, COCON_OUTBUF);
	if (IS_ERR(con->hvc))
		return PTR_ERR(con->hvc);

	err = request_irq(cdev->irq, cocon_interrupt, IRQF_SHARED,
			  dev_name(&cdev->dev), con);
	if (err)
		hvc_remove(con->hvc);
	return err;
}

static int cocon_probe(struct co_device *cdev)
{
	struct cocon *con = cocon_units[cdev->config.unit];

	if (con && con->cdev) {
		dev_err(&cdev->dev, "a console that was removed cannot come back\n");
		return -EBUSY;
	}
	if (!con)
		con = cocon_new(&cdev->config);
	if (IS_ERR(con))
		return PTR_ERR(con);

	dev_set_drvdata(&cdev->dev, con);
	return cocon_start(con, cdev);
}

static void cocon_remove(struct co_device *cdev)
{
	struct cocon *con = dev_get_drvdata(&cdev->dev);

	free_irq(cdev->irq, con);
	co_ring_stop(&con->tx.ring);
	co_ring_stop(&con->rx.ring);
	hvc_remove(con->hvc);
}

static void cocon_config_changed(struct co_device *cdev)
{
	cocon_resize(dev_get_drvdata(&cdev->dev));
}

static struct co_driver cocon_driver = {
	.driver.name	= "cocon",
	.type		= CO_DEV_COCON,
	.probe		= cocon_probe,
	.remove		= cocon_remove,
	.config_changed	= cocon_config_changed,
};

static int __init cocon_init(void)
{
	return co_driver_register(&cocon_driver);
}
device_initcall(cocon_init);
