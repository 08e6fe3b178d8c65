/*
 * The core for Node: numbers in, numbers out. Arrays are handed over once, by `ioOpen`, and kept
 * by reference; no call of the hot path allocates. Everything belongs to the environment (the
 * main thread or a worker) that loaded it, so that each thread has its own.
 */
#define _GNU_SOURCE
#include "binding.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define IOS_MAX 64
#define ARRAYS 5

struct entry {
  struct hv_io *io;
  napi_ref arrays[ARRAYS];
};

struct addon {
  struct entry entries[IOS_MAX];
};

static struct entry *entry_at(napi_env env, int32_t handle) {
  struct addon *addon = NULL;
  napi_get_instance_data(env, (void **)&addon);
  if (addon == NULL || handle < 0 || handle >= IOS_MAX) return NULL;
  return addon->entries[handle].io == NULL ? NULL : &addon->entries[handle];
}

static struct hv_io *io_at(napi_env env, napi_value handle) {
  struct entry *entry = entry_at(env, hv_integer(env, handle));
  return entry == NULL ? NULL : entry->io;
}

/* The memory of a typed array of at least `least` elements, or NULL. */
static void *elements(napi_env env, napi_value array, napi_typedarray_type type, size_t least,
                      size_t *length) {
  napi_typedarray_type found;
  void *data = NULL;
  if (napi_get_typedarray_info(env, array, &found, length, &data, NULL, NULL) != napi_ok) {
    return NULL;
  }
  return found == type && *length >= least ? data : NULL;
}

static int take_arrays(napi_env env, const napi_value *values, struct hv_io *io) {
  size_t arena, queue, ready, other;
  io->arena = elements(env, values[0], napi_uint8_array, HV_SLOTS * HV_STRIDE, &arena);
  io->received =
      elements(env, values[1], napi_int32_array, HV_SLOTS * HV_RECEIVED_FIELDS, &other);
  io->queue = elements(env, values[2], napi_int32_array, HV_QUEUE_FIELDS, &queue);
  io->ready = elements(env, values[3], napi_int32_array, 1, &ready);
  io->counters =
      elements(env, values[4], napi_float64_array, HV_PORTS_MAX * HV_COUNTERS, &other);
  if (!io->arena || !io->received || !io->queue || !io->ready || !io->counters) return 0;
  if (arena > INT32_MAX) return 0;
  io->arena_length = (int32_t)arena;
  io->queue_capacity = (int32_t)(queue / HV_QUEUE_FIELDS);
  io->ready_capacity = (int32_t)ready;
  return 1;
}

/* ioOpen(arena, received, queue, ready, counters): a handle */
static napi_value io_open(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  struct addon *addon = NULL;
  struct hv_error error = {ENOMEM, "ioOpen"};
  int handle = 0;
  hv_arguments(env, info, values);
  napi_get_instance_data(env, (void **)&addon);
  while (handle < IOS_MAX && addon->entries[handle].io != NULL) handle++;
  if (handle == IOS_MAX) return hv_raise(env, "io", &error);
  struct hv_io *io = calloc(1, sizeof *io);
  if (io == NULL) return hv_raise(env, "io", &error);
  io->epoll_fd = io->event_fd = -1;
  if (!take_arrays(env, values, io)) {
    error.number = EINVAL;
  } else if (hv_io_open(io, &error) == 0) {
    struct entry *entry = &addon->entries[handle];
    entry->io = io;
    for (int i = 0; i < ARRAYS; i++) {
      napi_create_reference(env, values[i], 1, &entry->arrays[i]);
    }
    return hv_number(env, handle);
  }
  free(io);
  return hv_raise(env, "io", &error);
}

static napi_value io_close(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  hv_arguments(env, info, values);
  struct entry *entry = entry_at(env, hv_integer(env, values[0]));
  if (entry == NULL) return NULL;
  hv_io_close(entry->io);
  free(entry->io);
  for (int i = 0; i < ARRAYS; i++) napi_delete_reference(env, entry->arrays[i]);
  memset(entry, 0, sizeof *entry);
  return NULL;
}

static napi_value io_wake_fd(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  hv_arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  return hv_number(env, io == NULL ? -1 : io->event_fd);
}

/* ioAttach(handle, fd, kind, hasHeader, name): the port's index */
static napi_value io_attach(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  struct hv_error error = {EBADF, "attach"};
  char name[64];
  hv_arguments(env, info, values);
  hv_text(env, values[4], name, sizeof name);
  struct hv_io *io = io_at(env, values[0]);
  int fd = hv_integer(env, values[1]), kind = hv_integer(env, values[2]);
  int has_header = hv_integer(env, values[3]);
  int index = io == NULL ? -1 : hv_attach(io, fd, kind, has_header, &error);
  return index < 0 ? hv_raise(env, name, &error) : hv_number(env, index);
}

static napi_value io_detach(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  hv_arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  if (io != NULL) hv_detach(io, hv_integer(env, values[1]));
  return NULL;
}

/* ioListen(handle, index, on) */
static napi_value io_listen(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  hv_arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  if (io != NULL) hv_listen(io, hv_integer(env, values[1]), hv_integer(env, values[2]));
  return NULL;
}

/* ioReceive(handle, index, capacity): frames now in `received` */
static napi_value io_receive(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  hv_arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  int index = hv_integer(env, values[1]), capacity = hv_integer(env, values[2]);
  return hv_number(env, io == NULL ? 0 : hv_receive(io, index, capacity));
}

/* ioSend(handle, count): frames lost */
static napi_value io_send(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  hv_arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  return hv_number(env, io == NULL ? 0 : hv_send(io, hv_integer(env, values[1])));
}

/* ioWait(handle, milliseconds, capacity): ports now in `ready` */
static napi_value io_wait(napi_env env, napi_callback_info info) {
  napi_value values[ARGUMENTS_MAX];
  double milliseconds = 0;
  hv_arguments(env, info, values);
  struct hv_io *io = io_at(env, values[0]);
  napi_get_value_double(env, values[1], &milliseconds);
  int capacity = hv_integer(env, values[2]);
  return hv_number(env, io == NULL ? 0 : hv_wait(io, milliseconds, capacity));
}

/* The thread ends: its references go with it. */
static void free_addon(napi_env env, void *data, void *hint) {
  struct addon *addon = data;
  (void)env;
  (void)hint;
  for (int i = 0; i < IOS_MAX; i++) {
    if (addon->entries[i].io == NULL) continue;
    hv_io_close(addon->entries[i].io);
    free(addon->entries[i].io);
  }
  free(addon);
}

static void set_limit(napi_env env, napi_value exports, const char *name, int value) {
  napi_set_named_property(env, exports, name, hv_number(env, value));
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback call;
  } functions[] = {
      {"openTap", hv_js_open_tap},
      {"openPacket", hv_js_open_packet},
      {"closeDevice", hv_js_close_device},
      {"setCarrier", hv_js_set_carrier},
      {"goFirst", hv_js_go_first},
      {"goAlong", hv_js_go_along},
      {"processorTime", hv_js_processor_time},
      {"signal", hv_js_signal_wake_up},
      {"ioOpen", io_open},
      {"ioClose", io_close},
      {"ioWakeFd", io_wake_fd},
      {"ioAttach", io_attach},
      {"ioDetach", io_detach},
      {"ioListen", io_listen},
      {"ioReceive", io_receive},
      {"ioSend", io_send},
      {"ioWait", io_wait},
  };
  struct addon *addon = calloc(1, sizeof *addon);
  if (addon == NULL || napi_set_instance_data(env, addon, free_addon, NULL) != napi_ok) {
    free(addon);
    return NULL;
  }
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    napi_value value;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].call, NULL, &value);
    napi_set_named_property(env, exports, functions[i].name, value);
  }
  set_limit(env, exports, "slots", HV_SLOTS);
  set_limit(env, exports, "stride", HV_STRIDE);
  set_limit(env, exports, "portsMax", HV_PORTS_MAX);
  return exports;
}
