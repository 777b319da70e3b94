/* SPDX-License-Identifier: MIT
 *
 * Which HIP runtime a context opens. In this program's folder lie a mock called libamdhip64.so, as the system's
 * (through LD_LIBRARY_PATH), and a mock called libpagoda_sim.so, as the simulator beside the library.
 */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pagoda/pagoda.h>

static char message[4096];

/* Creates a context and returns the file name of the library it opened, or "" with the status. */
static pagoda_status open_library(pagoda_runtime_choice runtime, int has_device, int device, const char *arch,
                                  char name[256], int *is_simulated) {
    const pagoda_context_options options = {.struct_size = sizeof options,
                                            .runtime = runtime,
                                            .arch = arch,
                                            .has_device = has_device,
                                            .device = device,
                                            .message = message,
                                            .message_size = sizeof message};
    pagoda_context *context;
    pagoda_context_info info = {.struct_size = sizeof info};
    name[0] = '\0';
    const pagoda_status status = pagoda_context_create(&options, &context);
    if (status != PAGODA_OK)
        return status;
    assert_string_equal(message, "");
    assert_int_equal(pagoda_context_get_info(context, &info), PAGODA_OK);
    snprintf(name, 256, "%s", strrchr(info.hip_library, '/') + 1);
    *is_simulated = info.is_simulated;
    pagoda_context_destroy(context);
    return PAGODA_OK;
}

static void check_library(pagoda_runtime_choice runtime, const char *arch, const char *expected, int simulated) {
    char name[256];
    int is_simulated = -1;
    const pagoda_status status = open_library(runtime, 0, 0, arch, name, &is_simulated);
    if (status != PAGODA_OK)
        fail_msg("%s: %s", pagoda_status_string(status), message);
    assert_string_equal(name, expected);
    assert_int_equal(is_simulated, simulated);
}

static void check_none(pagoda_runtime_choice runtime, int has_device, int device, const char *arch, const char *words) {
    char name[256];
    int is_simulated;
    assert_int_equal(open_library(runtime, has_device, device, arch, name, &is_simulated), PAGODA_ERROR_NO_DEVICE);
    if (strstr(message, words) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", message, words);
}

static void set_devices(const char *hip, const char *simulator) {
    setenv("MOCK_HIP_DEVICES", hip, 1);
    setenv("MOCK_SIMULATOR_DEVICES", simulator, 1);
}

static void test_order(void **state) {
    (void)state;
    set_devices("gfx942", "gfx950,gfx942");
    check_library(PAGODA_RUNTIME_AUTO, NULL, "libamdhip64.so", 0);
    check_library(PAGODA_RUNTIME_HIP, NULL, "libamdhip64.so", 0);
    check_library(PAGODA_RUNTIME_SIMULATOR, NULL, "libpagoda_sim.so", 1);
    /* The real runtime lacks the arch: the simulator has it. */
    check_library(PAGODA_RUNTIME_AUTO, "gfx950", "libpagoda_sim.so", 1);
    check_none(PAGODA_RUNTIME_HIP, 0, 0, "gfx950", "device 0 is gfx942, not gfx950");
    /* A mistyped ordinal does not become a simulation. */
    check_none(PAGODA_RUNTIME_AUTO, 1, 1, NULL, "has no device 1, only 0 to 0");
    /* No GPU. */
    set_devices("", "gfx950");
    check_library(PAGODA_RUNTIME_AUTO, NULL, "libpagoda_sim.so", 1);
    check_none(PAGODA_RUNTIME_HIP, 0, 0, NULL, "no ROCm device");
    /* Neither: the message tells of both. */
    set_devices("", "");
    check_none(PAGODA_RUNTIME_AUTO, 0, 0, NULL, "libamdhip64.so: hipGetDeviceCount failed");
    assert_non_null(strstr(message, "libpagoda_sim.so: hipGetDeviceCount failed"));
    /* NULL options are all defaults. */
    set_devices("gfx950", "");
    pagoda_context *context;
    assert_int_equal(pagoda_context_create(NULL, &context), PAGODA_OK);
    pagoda_context_destroy(context);
}

/* Last, as it cannot be undone: a HIP runtime that the process uses itself comes before the system's. */
static void test_runtime_of_the_process(void **state) {
    (void)state;
    set_devices("gfx942", "gfx950");
    assert_non_null(dlopen(MOCK_OF_PROCESS, RTLD_NOW | RTLD_GLOBAL));
    check_library(PAGODA_RUNTIME_AUTO, NULL, strrchr(MOCK_OF_PROCESS, '/') + 1, 0);
    check_library(PAGODA_RUNTIME_HIP, NULL, strrchr(MOCK_OF_PROCESS, '/') + 1, 0);
    check_library(PAGODA_RUNTIME_SIMULATOR, NULL, "libpagoda_sim.so", 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order), cmocka_unit_test(test_runtime_of_the_process)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
