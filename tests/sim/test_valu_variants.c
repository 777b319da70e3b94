/* SPDX-License-Identifier: MIT
 *
 * The vector ALU compiled for different host instruction sets gives the same bits: every instruction on the same
 * values, in one process per variant.
 */
#include "valu_check.h"
#include "valu_encodings.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_RESULTS 8192
#define ROUNDS 6

static uint64_t mix(uint64_t hash, uint64_t value) {
    return (hash ^ value) * 0x9e3779b97f4a7c15ull + (hash >> 29);
}

static void fill(struct sim_asm *t, unsigned round, uint64_t *random) {
    static const enum valu_values kinds[] = {VALUES_F32, VALUES_INT, VALUES_PK_F16, VALUES_F64, VALUES_F32, VALUES_F16};
    for (unsigned i = 0; i < SIM_LANES; i++) {
        for (unsigned base = 0; base < 256; base += 64) {
            for (unsigned r = 0; r < 48; r += 2) {
                check_put(t, base + r, i, check_value(kinds[round % 6], random));
            }
        }
    }
    sim_set_sgpr64(t->wave, SIM_SGPR_VCC, check_random(random));
    sim_set_sgpr64(t->wave, 10, check_random(random));
    t->wave->sgpr[12] = (uint32_t)check_value(VALUES_F32, random);
    t->wave->sgpr[13] = (uint32_t)check_value(VALUES_F32, random);
    sim_set_sgpr64(t->wave, SIM_SGPR_EXEC, round % 2 ? check_random(random) : ~0ull);
}

/* One hash per instruction, of all it wrote. */
static size_t compute(enum sim_arch arch, uint64_t *results) {
    struct sim_asm *t = sim_asm_create(arch);
    uint64_t random = 1;
    size_t count = 0;
    fill(t, 0, &random);
    for (size_t e = 0; e < VALU_ENCODINGS; e++) {
        for (unsigned op = 0; op < encodings[e].opcodes && count < MAX_RESULTS; op++) {
            uint32_t dwords[4] = {0, 0, 0xbf810000u, 0xbf810000u};
            char text[256];
            encodings[e].encode(dwords, op);
            struct sim_program *program = sim_program_acquire(arch, dwords, sizeof dwords);
            unsigned used = sim_program_text(program, 0, text, sizeof text);
            bool valid = used && strncmp(text, "v_", 2) == 0 && !strstr(text, "/*") &&
                         strncmp(text, "v_mfma", 6) != 0 && strncmp(text, "v_smfmac", 8) != 0;
            const struct sim_inst *inst = valid ? sim_program_at(program, 0) : NULL;
            if (!valid || strncmp(inst->op->name, "v_", 2) != 0) {
                sim_program_release(program);
                continue;
            }
            uint64_t hash = op;
            for (unsigned round = 0; round < ROUNDS; round++) {
                fill(t, round + op, &random);
                t->wave->mode = 0xf0u | SIM_MODE_DX10_CLAMP | SIM_MODE_IEEE |
                                (round == 4   ? 0x5u
                                 : round == 5 ? 0xau
                                              : 0);
                inst->exec(t->wave, inst);
                for (unsigned r = 0; r < 32; r++) {
                    for (unsigned i = 0; i < SIM_LANES; i++) {
                        hash = mix(hash, t->wave->vgpr[r][i]);
                    }
                }
                hash = mix(hash, sim_vcc(t->wave));
                hash = mix(hash, sim_exec(t->wave));
                for (unsigned s = 0; s < 24; s++) {
                    hash = mix(hash, t->wave->sgpr[s]);
                }
            }
            results[count++] = hash;
            sim_program_release(program);
        }
    }
    sim_asm_destroy(t);
    return count;
}

static size_t compute_in_child(enum sim_arch arch, const char *variant, uint64_t *results) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        setenv("PAGODA_SIM_HOST_ISA", variant, 1);
        size_t count = compute(arch, results);
        FILE *out = fdopen(ends[1], "wb");
        bool written = out && fwrite(results, sizeof *results, count, out) == count && fclose(out) == 0;
        _exit(written ? 0 : 1);
    }
    close(ends[1]);
    FILE *in = fdopen(ends[0], "rb");
    assert_non_null(in);
    size_t count = fread(results, sizeof *results, MAX_RESULTS, in);
    fclose(in);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return count;
}

static void same_bits(void **state) {
    (void)state;
    static uint64_t base[MAX_RESULTS], other[MAX_RESULTS];
    static const char *const variants[] = {"v3", "v4"};
    for (int arch = SIM_GFX942; arch <= SIM_GFX950; arch++) {
        size_t count = compute_in_child((enum sim_arch)arch, "base", base);
        assert_true(count > 2500 && count < MAX_RESULTS);
        for (int k = 0; k < 2; k++) { /* a variant that this host lacks falls back to base */
            assert_int_equal(compute_in_child((enum sim_arch)arch, variants[k], other), count);
            size_t different = 0;
            for (size_t i = 0; i < count; i++) {
                different += base[i] != other[i];
            }
            print_message("%s: %zu of %zu instructions differ from base\n", variants[k], different, count);
            assert_int_equal(different, 0);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
