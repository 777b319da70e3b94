/* SPDX-License-Identifier: MIT
 *
 * pagoda-replay: runs a launch bundle on whatever HIP runtime there is, simulator or GPU, and compares what it leaves
 * in memory with what the bundle says.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "device_session.h"
#include "launch_bundle.h"
#include "simulator.h"

enum { EXIT_FAILED = 1, EXIT_USAGE = 2, COPY_TO_DEVICE = 1, COPY_TO_HOST = 2 };

static const char usage[] =
    "usage: pagoda-replay [flags] FOLDER\n"
    "Runs the launch bundle in FOLDER, and those in FOLDER/launch-1, FOLDER/launch-2, ... Exit status: 0 every buffer "
    "is as\n"
    "the bundle says, 1 one is not or the launch failed, 2 wrong usage or a malformed bundle.\n\n";
static const char own_flags_help[] =
    "  --repeat N                    run N times from the same memory, which must give the same bits (1)\n"
    "  --json FILE|-                 one JSON object per bundle and line; '-' is standard output, which then holds no "
    "more\n"
    "  --help\n";

struct replay {
    struct pagoda_hip hip;
    const struct launch_bundle *bundle;
    char **memory; /* device, one per buffer */
    char **result; /* host, of the first run */
    void *module, *function;
    struct pagoda_text *message;
};

static int check(struct replay *r, int error, const char *what) {
    if (error == PAGODA_HIP_SUCCESS) {
        return 0;
    }
    pagoda_text_add(r->message, "%s failed: %s", what, r->hip.GetErrorString(error));
    simulator_add_reports(&r->hip, r->message);
    return -1;
}

static bool accept_every_arch(const char *name) {
    (void)name;
    return true;
}

static int prepare(struct replay *r) {
    const struct launch_bundle *b = r->bundle;
    r->memory = calloc(b->num_buffers + 1, sizeof *r->memory);
    r->result = calloc(b->num_buffers + 1, sizeof *r->result);
    if (!r->memory || !r->result) {
        pagoda_text_add(r->message, "out of memory");
        return -1;
    }
    for (size_t i = 0; i < b->num_buffers; ++i) {
        r->result[i] = malloc(b->buffers[i].bytes);
        if (!r->result[i]) {
            pagoda_text_add(r->message, "out of memory: %zu bytes for %s", b->buffers[i].bytes, b->buffers[i].name);
            return -1;
        }
        if (check(r, r->hip.Malloc((void **)&r->memory[i], b->buffers[i].bytes), "hipMalloc")) {
            return -1;
        }
    }
    for (size_t i = 0; i < b->num_pointers; ++i) {
        uint64_t address = (uint64_t)(uintptr_t)r->memory[b->pointers[i].buffer] + b->pointers[i].offset;
        memcpy(b->kernarg + b->pointers[i].kernarg_offset, &address, sizeof address);
    }
    return check(r, r->hip.ModuleLoadData(&r->module, b->code_object), "hipModuleLoadData") ||
                   check(r, r->hip.ModuleGetFunction(&r->function, r->module, b->kernel), "hipModuleGetFunction")
               ? -1
               : 0;
}

static int run_once(struct replay *r, double *seconds) {
    const struct launch_bundle *b = r->bundle;
    for (size_t i = 0; i < b->num_buffers; ++i) {
        const struct bundle_buffer *buffer = &b->buffers[i];
        if (buffer->before
                ? check(r, r->hip.Memcpy(r->memory[i], buffer->before, buffer->bytes, COPY_TO_DEVICE), "hipMemcpy")
                : check(r, r->hip.Memset(r->memory[i], BUNDLE_POISON, buffer->bytes), "hipMemset")) {
            return -1;
        }
    }
    if (check(r, r->hip.DeviceSynchronize(), "hipDeviceSynchronize")) {
        return -1;
    }
    size_t bytes = b->kernarg_bytes;
    void *extra[] = {PAGODA_HIP_LAUNCH_BUFFER_POINTER, b->kernarg, PAGODA_HIP_LAUNCH_BUFFER_SIZE, &bytes,
                     PAGODA_HIP_LAUNCH_END};
    simulator_reset_statistics(&r->hip);
    double start = seconds_now();
    int status = check(r,
                       r->hip.ModuleLaunchKernel(r->function, b->grid[0], b->grid[1], b->grid[2], b->block[0],
                                                 b->block[1], b->block[2], b->dynamic_lds, NULL, NULL, extra),
                       "hipModuleLaunchKernel");
    status = status == 0 ? check(r, r->hip.DeviceSynchronize(), "the kernel") : -1;
    *seconds = seconds_now() - start;
    if (status == 0 && simulator_add_reports(&r->hip, r->message) > 0) {
        return -1; /* check mode found faults that do not stop a kernel */
    }
    return status;
}

/* Copies every buffer back; runs after the first must leave the same bits. */
static int read_results(struct replay *r, int run) {
    for (size_t i = 0; i < r->bundle->num_buffers; ++i) {
        const struct bundle_buffer *buffer = &r->bundle->buffers[i];
        char *now = run == 0 ? r->result[i] : malloc(buffer->bytes);
        if (!now) {
            pagoda_text_add(r->message, "out of memory");
            return -1;
        }
        int status = check(r, r->hip.Memcpy(now, r->memory[i], buffer->bytes, COPY_TO_HOST), "hipMemcpy");
        if (run > 0) {
            if (status == 0 && memcmp(now, r->result[i], buffer->bytes) != 0) {
                pagoda_text_add(r->message, "run %d left other bits in %s than run 1", run + 1, buffer->name);
                status = -1;
            }
            free(now);
        }
        if (status != 0) {
            return -1;
        }
    }
    return 0;
}

static json_t *finite_or_null(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

/* Compares the buffers that the bundle has results for. Returns how many are wrong. */
static int compare(struct replay *r, json_t *list, FILE *human) {
    int wrong = 0;
    for (size_t i = 0; i < r->bundle->num_buffers; ++i) {
        const struct bundle_buffer *b = &r->bundle->buffers[i];
        json_t *item =
            json_pack("{s:s, s:I, s:b}", "name", b->name, "bytes", (json_int_t)b->bytes, "compared", b->after != NULL);
        json_array_append_new(list, item);
        if (!b->after) {
            continue;
        }
        size_t first;
        double error = bundle_compare_error(b, r->result[i], b->after, &first);
        double bound = b->compare == BUNDLE_EQUAL_BYTES ? 0 : b->rel_frobenius;
        bool is_right = error <= bound;
        wrong += !is_right;
        json_object_set_new(item, "compare", json_string(bundle_compare_name(b->compare)));
        json_object_set_new(item, "equal_bytes", json_boolean(first == b->bytes));
        json_object_set_new(item, "rel_frobenius", finite_or_null(error));
        json_object_set_new(item, "bound", json_real(bound));
        if (first < b->bytes) {
            json_object_set_new(item, "first_difference", json_integer((json_int_t)first));
        }
        json_object_set_new(item, "verified", json_boolean(is_right));
        fprintf(human, "  %-16s %s: ", b->name, is_right ? "right" : "WRONG");
        if (first == b->bytes) {
            fprintf(human, "every byte equal\n");
        } else if (b->compare == BUNDLE_EQUAL_BYTES) {
            fprintf(human, "differs first at byte %zu\n", first);
        } else {
            fprintf(human, "error %.3e of %.3e allowed (as %s), differs first at byte %zu\n", error, bound,
                    bundle_compare_name(b->compare), first);
        }
    }
    return wrong;
}

static int replay(struct replay *r, const struct device_choice *choice, int repeat, json_t *json, FILE *human) {
    const struct launch_bundle *b = r->bundle;
    struct pagoda_hip_wish wish = {
        .runtime = choice->runtime, .library = choice->hip_library, .arch = b->arch, .is_arch = accept_every_arch};
    int device;
    char arch[PAGODA_HIP_ARCH_NAME_SIZE];
    if (pagoda_hip_open(&r->hip, &wish, &device, arch, sizeof arch, r->message) != PAGODA_OK) {
        return -1;
    }
    char description[300];
    snprintf(description, sizeof description, "%s%s", r->hip.is_simulator ? "simulated " : "", arch);
    json_object_set_new(json, "device", json_string(description));
    json_object_set_new(json, "hip_library", json_string(r->hip.path));
    fprintf(human, "%s on %s: %u x %u x %u workgroups\n", b->kernel, description, b->grid[0], b->grid[1], b->grid[2]);
    if (device_choice_apply(choice, &r->hip, r->message) || check(r, r->hip.SetDevice(device), "hipSetDevice") ||
        prepare(r)) {
        return -1;
    }
    double fastest = INFINITY;
    for (int run = 0; run < repeat; ++run) {
        double seconds;
        if (run_once(r, &seconds) || read_results(r, run)) {
            return -1;
        }
        fastest = seconds < fastest ? seconds : fastest;
    }
    json_object_set_new(json, "wall_seconds", json_real(fastest));
    simulator_add_statistics(&r->hip, 0, json);
    json_t *buffers = json_array();
    json_object_set_new(json, "buffers", buffers);
    int wrong = choice->sample ? 0 : compare(r, buffers, human);
    fprintf(human, "  %.3f s", fastest);
    if (json_object_get(json, "instructions")) {
        fprintf(human, " on the host, %.1f million wave instructions",
                json_number_value(json_object_get(json, "instructions")) * 1e-6);
    }
    if (json_object_get(json, "modelled_clk")) {
        fprintf(human, ", modelled %.0f clk\n  %s", json_number_value(json_object_get(json, "modelled_clk")),
                SIMULATOR_MODEL_LIMITS);
    }
    fprintf(human, "\n");
    if (wrong > 0) {
        pagoda_text_add(r->message, "%d buffer%s not as the bundle says", wrong, wrong == 1 ? " is" : "s are");
    }
    return wrong ? -1 : 0;
}

static void finish(struct replay *r) {
    if (r->module) {
        r->hip.ModuleUnload(r->module);
    }
    for (size_t i = 0; i < r->bundle->num_buffers; ++i) {
        if (r->memory && r->memory[i]) {
            r->hip.Free(r->memory[i]);
        }
        if (r->result) {
            free(r->result[i]);
        }
    }
    free(r->memory);
    free(r->result);
    if (r->hip.library) {
        pagoda_hip_close(&r->hip);
    }
}

/* Returns an exit status. */
static int replay_folder(const char *folder, const struct device_choice *choice, int repeat, FILE *json, FILE *human) {
    char reason[4096];
    struct pagoda_text message = pagoda_text_over(reason, sizeof reason);
    struct launch_bundle bundle;
    if (launch_bundle_read(folder, &bundle, &message)) {
        fprintf(stderr, "pagoda-replay: %s\n", reason);
        return EXIT_USAGE;
    }
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:[I,I,I]}", "bundle", folder, "arch", bundle.arch, "kernel", bundle.kernel, "grid",
                  (json_int_t)bundle.grid[0], (json_int_t)bundle.grid[1], (json_int_t)bundle.grid[2]);
    struct replay r = {.bundle = &bundle, .message = &message};
    int status = replay(&r, choice, repeat, object, human) ? EXIT_FAILED : 0;
    finish(&r);
    json_object_set_new(object, "verified", json_boolean(status == 0 && !choice->sample));
    json_object_set_new(object, "message", json_string(reason));
    if (json) {
        json_dumpf(object, json, JSON_COMPACT | JSON_REAL_PRECISION(9));
        fputc('\n', json);
    }
    if (status != 0) {
        fprintf(stderr, "pagoda-replay: %s: %s\n", folder, reason);
    }
    json_decref(object);
    launch_bundle_free(&bundle);
    return status;
}

int main(int argc, char **argv) {
    struct device_choice choice = {0};
    const char *folder = NULL, *json_path = NULL, *text = NULL;
    long long repeat = 1;
    char reason[1024];
    struct pagoda_text message = pagoda_text_over(reason, sizeof reason);
    for (int at = 1; at < argc;) {
        if (strcmp(argv[at], "--help") == 0) {
            printf("%s%s%s", usage, device_flags_help, own_flags_help);
            return 0;
        }
        int found = device_parse_flag(&choice, argc, argv, &at, &message);
        if (found == 0) {
            found = flag_with_value("--json", argc, argv, &at, &json_path, &message);
        }
        if (found == 0 && (found = flag_with_value("--repeat", argc, argv, &at, &text, &message)) == 1 &&
            parse_integer("--repeat", text, 1, 1000, &repeat, &message)) {
            found = -1;
        }
        if (found == 0 && argv[at][0] != '-' && !folder) {
            folder = argv[at++];
            found = 1;
        }
        if (found == 0) {
            pagoda_text_add(&message, "unexpected '%s'; --help lists the flags", argv[at]);
        }
        if (found != 1) {
            fprintf(stderr, "pagoda-replay: %s\n", reason);
            return EXIT_USAGE;
        }
    }
    if (!folder) {
        fprintf(stderr, "pagoda-replay: which folder? --help says more\n");
        return EXIT_USAGE;
    }
    bool is_stdout = json_path && strcmp(json_path, "-") == 0;
    FILE *json = is_stdout ? stdout : json_path ? fopen(json_path, "w") : NULL;
    if (json_path && !json) {
        fprintf(stderr, "pagoda-replay: cannot write %s\n", json_path);
        return EXIT_USAGE;
    }
    int worst = replay_folder(folder, &choice, (int)repeat, json, is_stdout ? stderr : stdout);
    for (int i = 1; worst != EXIT_USAGE; ++i) {
        char path[4096];
        struct stat status;
        snprintf(path, sizeof path, "%s/launch-%d", folder, i);
        if (stat(path, &status) != 0) {
            break;
        }
        int next = replay_folder(path, &choice, (int)repeat, json, is_stdout ? stderr : stdout);
        worst = next > worst ? next : worst;
    }
    if (json && json != stdout && fclose(json) != 0) {
        fprintf(stderr, "pagoda-replay: cannot write %s\n", json_path);
        return EXIT_FAILED;
    }
    return worst;
}
