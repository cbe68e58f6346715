// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the monitor's end of cocon. The guest is that of guest.h; the input
 * decides when a viewer reads and types.
 */
#include <sys/socket.h>

#include "console/cocon.h"
#include "guest.h"

/**
 * struct world - the viewer
 * @viewer:	the console's view of it
 * @fd:		its end of the socket pair
 */
struct world {
	struct viewer viewer;
	int fd;
};

static struct world world;

static void on_key(void *arg __attribute__((unused)),
		   char key __attribute__((unused)))
{
}

static void on_left(struct viewer *v, int error __attribute__((unused)))
{
	console_detach(v);
}

static void something_happens(struct fuzz_guest *g)
{
	static char text[65536];
	size_t len;

	switch (fuzz_number(g, 1) % 4) {
	case 0:
		cocon_resize(g->dev, fuzz_number(g, 2), fuzz_number(g, 2));
		break;
	case 1:
		len = fuzz_number(g, 2);
		while (recv(world.fd, text, len, 0) > 0)
			;
		break;
	default:
		/* As much as the socket has room for. */
		if (send(world.fd, text, fuzz_number(g, 2), 0) < 0)
			break;
	}
	fuzz_run(g);
}

static void add_viewer(struct device *dev)
{
	struct err err;
	int fds[2];

	fuzz_assert(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds));
	world.fd = fds[1];
	world.viewer = (struct viewer) {
		.name = "fuzz", .in_fd = fds[0], .out_fd = dup(fds[0]),
		.left = on_left, .patient = true,
	};
	fuzz_assert(!console_add(cocon_console(dev), &world.viewer, &err));
	fuzz_assert(!console_attach(&world.viewer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct params params = { .console = CONSOLE_NONE };
	struct fuzz_guest g;
	struct device *dev;
	struct err err;

	fuzz_init(&g, data, size);
	g.world = something_happens;
	dev = cocon_open(&params, &g.loop, on_key, NULL, &err);
	fuzz_assert(dev);
	add_viewer(dev);
	fuzz_attach(&g, dev);
	fuzz_play(&g);
	dev->ops->drained(dev);
	console_remove(&world.viewer);
	close(world.viewer.in_fd);
	close(world.viewer.out_fd);
	close(world.fd);
	dev->ops->free(dev);
	loop_free(&g.loop);
	return 0;
}
