/* SPDX-License-Identifier: MIT
 *
 * printf in kernels, in both of the ways that compilers lower it to: calls to the host, and a buffer that the host
 * prints afterwards. The device's side of each protocol, which AMD's device library would bring, is here.
 */
#include "device.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

typedef unsigned long word;

struct packet {
    word next, lanes;
    unsigned service, control;
};
struct doorbell {
    word kind, value;
    word *mailbox;
    unsigned event;
};
struct host_calls {
    packet *packets;
    word (*payloads)[64][8];
    doorbell *bell;
    word free, ready, mask;
};

__device__ static inline word implicit_argument(unsigned offset) {
    return *(const word __attribute__((address_space(4))) *)((const char __attribute__((address_space(4))) *)
                                                                 __builtin_amdgcn_implicitarg_ptr() +
                                                             offset);
}
#define ATOMIC(what, ...) __hip_atomic_##what(__VA_ARGS__, __HIP_MEMORY_SCOPE_SYSTEM)

__device__ static inline void push(host_calls *calls, word *list, packet *entry, word id) {
    word first = ATOMIC(load, list, __ATOMIC_RELAXED);
    do {
        entry->next = first;
    } while (!ATOMIC(compare_exchange_strong, list, &first, id, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
}

__device__ static __attribute__((noinline)) word call_host(unsigned service, word a, word b, word c, word d, word e, word f,
                                                           word g, word h) {
    host_calls *calls = (host_calls *)implicit_argument(80);
    unsigned lane = __builtin_amdgcn_mbcnt_hi(~0u, __builtin_amdgcn_mbcnt_lo(~0u, 0));
    bool leader = lane == __builtin_amdgcn_readfirstlane(lane);
    word lanes = __builtin_amdgcn_ballot_w64(true), id = 0;
    if (leader) {
        id = ATOMIC(load, &calls->free, __ATOMIC_ACQUIRE);
        while (!ATOMIC(compare_exchange_strong, &calls->free, &id, calls->packets[id & calls->mask].next, __ATOMIC_ACQUIRE,
                       __ATOMIC_RELAXED)) {
        }
    }
    id = (word)(unsigned)__builtin_amdgcn_readfirstlane((int)id) |
         (word)(unsigned)__builtin_amdgcn_readfirstlane((int)(id >> 32)) << 32;
    packet *entry = &calls->packets[id & calls->mask];
    volatile word *payload = calls->payloads[id & calls->mask][lane];
    payload[0] = a, payload[1] = b, payload[2] = c, payload[3] = d;
    payload[4] = e, payload[5] = f, payload[6] = g, payload[7] = h;
    if (leader) {
        entry->lanes = lanes;
        entry->service = service;
        entry->control = 1;
        push(calls, &calls->ready, entry, id);
        ATOMIC(fetch_add, &calls->bell->value, 1ul, __ATOMIC_RELEASE);
        ATOMIC(store, calls->bell->mailbox, (word)calls->bell->event, __ATOMIC_RELEASE);
        __builtin_amdgcn_s_sendmsg(1, calls->bell->event);
    }
    for (;;) {
        unsigned busy = leader ? ATOMIC(load, &entry->control, __ATOMIC_ACQUIRE) & 1 : 0;
        if (!__builtin_amdgcn_readfirstlane(busy)) {
            break;
        }
        __builtin_amdgcn_s_sleep(1);
    }
    word result = payload[0];
    if (leader) {
        push(calls, &calls->free, entry, id + calls->mask + 1);
    }
    return result;
}

extern "C" __device__ word __ockl_printf_begin(word) {
    return call_host(2, 1 | 1 << 5, 0, 0, 0, 0, 0, 0, 0);
}
extern "C" __device__ word __ockl_printf_append_args(word message, unsigned count, word a, word b, word c, word d, word e,
                                                     word f, word g, unsigned last) {
    return call_host(2, (message & ~0xe0ul) | (word)count << 5 | (last ? 2 : 0), a, b, c, d, e, f, g);
}
extern "C" __device__ word __ockl_printf_append_string_n(word message, const char *text, word size, unsigned last) {
    for (word done = 0; done < size || done == 0; done += 56) {
        word words[7] = {0, 0, 0, 0, 0, 0, 0}, left = size - done, take = left < 56 ? left : 56;
        for (word i = 0; text && i < take; i++) {
            words[i / 8] |= (word)(unsigned char)text[done + i] << i % 8 * 8;
        }
        bool end = last && left <= 56;
        word count = take ? (take + 7) / 8 : 1;
        message = call_host(2, (message & ~0xe2ul) | count << 5 | (end ? 2 : 0), words[0], words[1], words[2], words[3],
                            words[4], words[5], words[6]);
    }
    return message;
}

extern "C" __device__ void *__printf_alloc(unsigned bytes) {
    unsigned *head = (unsigned *)implicit_argument(72), used = ATOMIC(load, head, __ATOMIC_RELAXED);
    do {
        if (used + bytes + 8 > head[1]) {
            return nullptr;
        }
    } while (!ATOMIC(compare_exchange_strong, head, &used, used + bytes, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return (char *)head + 8 + used;
}

extern "C" __device__ int printf(const char *format, ...);

__global__ void print(const char *name, double *values) {
    int i = (int)(block_x() * block_size_x() + thread_x());
    if (i % 50 == 7) {
        printf("item %d of %s: %6.2f|%-5d|%06x|%c|%%|%lu|%*d|%.3s|%hhd\n", i, name, values[i], -i, i * 1000, 'a' + i % 26,
               1ul << 40, 7, i, "abcdef", 300);
    }
    if (i == 3) {
        printf("plain\n");
    }
}

/* What the program itself and the kernels write to standard output while `run` runs. */
template <typename Function> static std::vector<std::string> captured(Function run) {
    char path[] = "/tmp/pagoda-printing-XXXXXX";
    int file = mkstemp(path), out = dup(1);
    EXPECT(file >= 0 && out >= 0);
    fflush(stdout);
    dup2(file, 1);
    run();
    fflush(stdout);
    dup2(out, 1);
    close(out);
    std::vector<std::string> lines;
    FILE *stream = fdopen(file, "r");
    rewind(stream);
    char line[512];
    while (fgets(line, sizeof line, stream)) {
        lines.push_back(line);
    }
    fclose(stream);
    unlink(path);
    return lines;
}

int main() {
    const int items = 256;
    const char *name = "a list with a name that needs more than one packet, which have 56 bytes";
    double values[items], *device_values;
    char *device_name;
    std::vector<std::string> want = {"plain\n"};
    for (int i = 0; i < items; i++) {
        values[i] = 1.25 * i;
        char line[512];
        snprintf(line, sizeof line, "item %d of %s: %6.2f|%-5d|%06x|%c|%%|%lu|%*d|%.3s|%hhd\n", i, name, values[i], -i,
                 i * 1000, 'a' + i % 26, 1ul << 40, 7, i, "abcdef", (signed char)44);
        if (i % 50 == 7) {
            want.push_back(line);
        }
    }
    HIP(hipMalloc((void **)&device_name, strlen(name) + 1));
    HIP(hipMalloc((void **)&device_values, sizeof values));
    HIP(hipMemcpy(device_name, name, strlen(name) + 1, hipMemcpyHostToDevice));
    HIP(hipMemcpy(device_values, values, sizeof values, hipMemcpyHostToDevice));
    std::vector<std::string> lines = captured([&] {
        print<<<4, 64>>>(device_name, device_values);
        HIP(hipDeviceSynchronize());
    });
    HIP(hipGetLastError());
    std::sort(lines.begin(), lines.end()); /* workgroups run in any order */
    std::sort(want.begin(), want.end());
    if (lines != want) {
        for (const std::string &line : lines) {
            fprintf(stderr, "printed: %s", line.c_str());
        }
        return 1;
    }
    HIP(hipFree(device_name));
    HIP(hipFree(device_values));
    puts("printing: ok");
    return 0;
}
