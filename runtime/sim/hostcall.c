/* SPDX-License-Identifier: MIT */
#include "hostcall.h"

#include "check.h"
#include "device_printf.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define LANE_WORDS 8
#define CONTROL_READY 1u /* set by the wave, cleared by the answer */

enum service { SERVICE_FUNCTION = 1, SERVICE_PRINTF, SERVICE_MEMORY };

/* What lies in memory, as the device's library has it. */
struct packet {
    uint64_t next, lanes;
    uint32_t service, control;
};
struct payload {
    uint64_t words[SIM_LANES][LANE_WORDS];
};
struct signal {
    uint64_t kind, value, mailbox;
    uint32_t event, unused;
    uint64_t rest[4];
};
struct shared {
    struct packet *packets;
    struct payload *payloads;
    struct signal *doorbell;
    uint64_t free, ready; /* a packet's index, and above it a tag that changes with every use */
    uint64_t index_mask;
};

/* A message comes in parts, each lane's for itself. The first word of a part says which message it belongs to. */
#define PART_BEGIN 1u
#define PART_END 2u
#define PART_WORDS(descriptor) ((descriptor) >> 5 & 7u)
#define PART_MESSAGE(descriptor) ((descriptor) >> 8)

struct message {
    uint64_t *words;
    size_t count, capacity;
    bool used;
};

struct sim_hostcall {
    pthread_mutex_t lock;
    struct sim_allocation *memory;
    struct shared *shared;
    struct message *messages;
    size_t num_messages;
};

struct sim_hostcall *sim_hostcall_create(struct sim_memory *memory, uint64_t waves) {
    uint64_t count = 1;
    while (count < waves)
        count *= 2;
    size_t head = (sizeof(struct shared) + 63) & ~(size_t)63, signal = head + sizeof(struct signal),
           payloads = (signal + 64 + count * sizeof(struct packet) + 63) & ~(size_t)63;
    struct sim_hostcall *calls = calloc(1, sizeof *calls);
    if (!calls)
        return NULL;
    calls->memory = sim_memory_allocate(memory, payloads + count * sizeof(struct payload), SIM_MEMORY_KERNARG, -1);
    if (!calls->memory) {
        free(calls);
        return NULL;
    }
    sim_check_detach(calls->memory); /* waves may read a packet's link while others write it: tags tell */
    pthread_mutex_init(&calls->lock, NULL);
    char *base = (char *)(uintptr_t)calls->memory->base;
    struct shared *shared = calls->shared = (struct shared *)(void *)base;
    *shared = (struct shared){.packets = (struct packet *)(void *)(base + signal + 64),
                              .payloads = (struct payload *)(void *)(base + payloads),
                              .doorbell = (struct signal *)(void *)(base + head),
                              .free = count,
                              .index_mask = count - 1};
    *shared->doorbell = (struct signal){.mailbox = (uint64_t)(uintptr_t)(base + signal), .event = 1};
    for (uint64_t i = 0; i < count; i++)
        shared->packets[i] = (struct packet){.next = i + 1 < count ? count + i + 1 : 0};
    return calls;
}

void sim_hostcall_destroy(struct sim_hostcall *calls, struct sim_memory *memory) {
    if (!calls)
        return;
    for (size_t i = 0; i < calls->num_messages; i++)
        free(calls->messages[i].words);
    free(calls->messages);
    sim_memory_free(memory, (void *)(uintptr_t)calls->memory->base);
    pthread_mutex_destroy(&calls->lock);
    free(calls);
}

uint64_t sim_hostcall_address(const struct sim_hostcall *calls) {
    return calls->memory->base;
}

/* ---- printf ---- */

static struct message *begin_message(struct sim_hostcall *calls, size_t *id) {
    for (*id = 0; *id < calls->num_messages; ++*id)
        if (!calls->messages[*id].used)
            break;
    if (*id == calls->num_messages) {
        struct message *more = realloc(calls->messages, (calls->num_messages + 1) * sizeof *more);
        if (!more)
            return NULL;
        calls->messages = more;
        calls->messages[calls->num_messages++] = (struct message){0};
    }
    calls->messages[*id].used = true;
    calls->messages[*id].count = 0;
    return &calls->messages[*id];
}

static bool append(struct message *message, const uint64_t *words, size_t count) {
    if (message->count + count > message->capacity) {
        size_t capacity = 2 * message->capacity + 16;
        uint64_t *more = realloc(message->words, capacity * sizeof *more);
        if (!more)
            return false;
        message->words = more;
        message->capacity = capacity;
    }
    memcpy(message->words + message->count, words, count * sizeof *words);
    message->count += count;
    return true;
}

/* A whole message: where to, the format, the arguments. */
static void print(const struct message *message) {
    size_t bytes = message->count * sizeof *message->words;
    const char *format = (const char *)(message->words + 1);
    size_t length = message->count > 1 ? strnlen(format, bytes - 8) : 0;
    size_t begin = 8 + ((length + 8) & ~(size_t)7);
    if (message->count < 2 || length == bytes - 8)
        return;
    sim_device_printf(message->words[0] & 1 ? stderr : stdout, format, (const uint8_t *)message->words + begin,
                      begin < bytes ? bytes - begin : 0);
}

static bool serve_printf(struct sim_hostcall *calls, uint64_t *words) {
    uint64_t descriptor = words[0];
    size_t id = PART_MESSAGE(descriptor);
    struct message *message = descriptor & PART_BEGIN    ? begin_message(calls, &id)
                              : id < calls->num_messages ? &calls->messages[id]
                                                         : NULL;
    if (!message || !message->used || !append(message, words + 1, PART_WORDS(descriptor)))
        return false;
    if (descriptor & PART_END) {
        print(message);
        message->used = false;
    }
    words[0] = (uint64_t)id << 8 | (descriptor & 0xfcu);
    return true;
}

/* ---- packets ---- */

static const char *serve_lane(struct sim_hostcall *calls, uint32_t service, uint64_t *words) {
    switch (service) {
    case SERVICE_FUNCTION: {
        uint64_t results[2] = {0, 0};
        void (*function)(uint64_t *, const uint64_t *);
        memcpy(&function, &words[0], sizeof function);
        function(results, words + 1);
        memcpy(words, results, sizeof results);
        return NULL;
    }
    case SERVICE_PRINTF:
        return serve_printf(calls, words) ? NULL : "the kernel's printf sent a message that is not understood";
    case SERVICE_MEMORY:
        return "malloc and free in kernels are not supported by the simulator";
    default:
        return "the kernel called the host for a service that the simulator does not offer";
    }
}

void sim_hostcall_serve(struct sim_wave *wave, const struct sim_inst *inst) {
    struct sim_hostcall *calls = wave->wg->launch->hostcall;
    struct shared *shared = calls->shared;
    const char *fault = NULL;
    pthread_mutex_lock(&calls->lock);
    uint64_t ready = __atomic_exchange_n(&shared->ready, 0, __ATOMIC_ACQ_REL);
    while (ready && !fault) {
        struct packet *packet = &shared->packets[ready & shared->index_mask];
        struct payload *payload = &shared->payloads[ready & shared->index_mask];
        ready = packet->next;
        for (unsigned lane = 0; lane < SIM_LANES && !fault; lane++)
            if (packet->lanes >> lane & 1)
                fault = serve_lane(calls, packet->service, payload->words[lane]);
        __atomic_and_fetch(&packet->control, ~CONTROL_READY, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&calls->lock);
    if (fault)
        sim_wave_fault(wave, inst, "%s", fault);
}
