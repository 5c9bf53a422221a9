package dev.corral.runner.llama;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;

/// The structures that cross by value, as llama.cpp 0.5.0 lays them out on 64-bit machines, and the
/// proof at start-up that this library does too.
final class Layouts {

  private Layouts() {}

  static final StructLayout MODEL_PARAMS =
      structLayout(
          ADDRESS.withName("devices"),
          ADDRESS.withName("tensor_buft_overrides"),
          JAVA_INT.withName("n_gpu_layers"),
          JAVA_INT.withName("split_mode"),
          JAVA_INT.withName("load_mode"),
          JAVA_INT.withName("lazy_mode"),
          JAVA_INT.withName("main_gpu"),
          paddingLayout(4),
          ADDRESS.withName("tensor_split"),
          ADDRESS.withName("progress_callback"),
          ADDRESS.withName("progress_callback_user_data"),
          ADDRESS.withName("kv_overrides"),
          JAVA_BOOLEAN.withName("vocab_only"),
          JAVA_BOOLEAN.withName("check_tensors"),
          JAVA_BOOLEAN.withName("use_extra_bufts"),
          JAVA_BOOLEAN.withName("no_host"),
          JAVA_BOOLEAN.withName("no_alloc"),
          JAVA_BOOLEAN.withName("load_mtp"),
          paddingLayout(2));

  static final StructLayout CONTEXT_PARAMS =
      structLayout(
          JAVA_INT.withName("n_ctx"),
          JAVA_INT.withName("n_batch"),
          JAVA_INT.withName("n_ubatch"),
          JAVA_INT.withName("n_seq_max"),
          JAVA_INT.withName("n_rs_seq"),
          JAVA_INT.withName("n_outputs_max"),
          JAVA_INT.withName("n_outputs_max_per_seq"),
          JAVA_INT.withName("n_threads"),
          JAVA_INT.withName("n_threads_batch"),
          JAVA_INT.withName("ctx_type"),
          JAVA_INT.withName("rope_scaling_type"),
          JAVA_INT.withName("pooling_type"),
          JAVA_INT.withName("attention_type"),
          JAVA_INT.withName("flash_attn_type"),
          JAVA_FLOAT.withName("rope_freq_base"),
          JAVA_FLOAT.withName("rope_freq_scale"),
          JAVA_FLOAT.withName("yarn_ext_factor"),
          JAVA_FLOAT.withName("yarn_attn_factor"),
          JAVA_FLOAT.withName("yarn_beta_fast"),
          JAVA_FLOAT.withName("yarn_beta_slow"),
          JAVA_INT.withName("yarn_orig_ctx"),
          JAVA_FLOAT.withName("defrag_thold"),
          ADDRESS.withName("cb_eval"),
          ADDRESS.withName("cb_eval_user_data"),
          JAVA_INT.withName("type_k"),
          JAVA_INT.withName("type_v"),
          ADDRESS.withName("abort_callback"),
          ADDRESS.withName("abort_callback_data"),
          JAVA_BOOLEAN.withName("embeddings"),
          JAVA_BOOLEAN.withName("offload_kqv"),
          JAVA_BOOLEAN.withName("no_perf"),
          JAVA_BOOLEAN.withName("op_offload"),
          JAVA_BOOLEAN.withName("swa_full"),
          JAVA_BOOLEAN.withName("kv_unified"),
          paddingLayout(2),
          ADDRESS.withName("samplers"),
          JAVA_LONG.withName("n_samplers"),
          ADDRESS.withName("ctx_other"));

  static final StructLayout BATCH =
      structLayout(
          JAVA_INT.withName("n_tokens"),
          paddingLayout(4),
          ADDRESS.withName("token"),
          ADDRESS.withName("embd"),
          ADDRESS.withName("pos"),
          ADDRESS.withName("n_seq_id"),
          ADDRESS.withName("seq_id"),
          ADDRESS.withName("logits"));

  /// `llama_token_data_array`; its elements are [#TOKEN_DATA].
  static final StructLayout TOKEN_DATA_ARRAY =
      structLayout(
          ADDRESS.withName("data"),
          JAVA_LONG.withName("size"),
          JAVA_LONG.withName("selected"),
          JAVA_BOOLEAN.withName("sorted"),
          paddingLayout(7));

  static final StructLayout TOKEN_DATA =
      structLayout(JAVA_INT.withName("id"), JAVA_FLOAT.withName("logit"), JAVA_FLOAT.withName("p"));

  static final StructLayout LOGIT_BIAS =
      structLayout(JAVA_INT.withName("token"), JAVA_FLOAT.withName("bias"));

  static void set(MemorySegment struct, StructLayout layout, String field, int value) {
    struct.set(JAVA_INT, offset(layout, field), value);
  }

  static void set(MemorySegment struct, StructLayout layout, String field, long value) {
    struct.set(JAVA_LONG, offset(layout, field), value);
  }

  static void set(MemorySegment struct, StructLayout layout, String field, boolean value) {
    struct.set(JAVA_BOOLEAN, offset(layout, field), value);
  }

  static void set(MemorySegment struct, StructLayout layout, String field, MemorySegment value) {
    struct.set(ADDRESS, offset(layout, field), value);
  }

  private static long offset(StructLayout layout, String field) {
    return layout.byteOffset(groupElement(field));
  }

  /// What is strange about the defaults that the library returned, field by field; empty when they
  /// are those of 0.5.0. A field that moved shows up here, because its neighbour's default is
  /// another.
  static List<String> strangers(MemorySegment model, MemorySegment context) {
    var strangers = new ArrayList<String>();
    ints(strangers, model, MODEL_PARAMS, "n_gpu_layers", -1, "split_mode", 1, "load_mode", -1);
    ints(strangers, model, MODEL_PARAMS, "lazy_mode", 1, "main_gpu", 0);
    pointers(strangers, model, MODEL_PARAMS, "devices", "progress_callback", "kv_overrides");
    flags(
        strangers,
        model,
        MODEL_PARAMS,
        List.of("use_extra_bufts"),
        List.of("vocab_only", "check_tensors", "no_host", "no_alloc", "load_mtp"));
    ints(strangers, context, CONTEXT_PARAMS, "n_ctx", 512, "n_batch", 2048, "n_ubatch", 512);
    ints(strangers, context, CONTEXT_PARAMS, "n_seq_max", 1, "n_outputs_max_per_seq", 1);
    ints(strangers, context, CONTEXT_PARAMS, "pooling_type", -1, "attention_type", -1);
    ints(strangers, context, CONTEXT_PARAMS, "flash_attn_type", -1, "type_k", 1, "type_v", 1);
    ints(strangers, context, CONTEXT_PARAMS, "defrag_thold", Float.floatToIntBits(-1f));
    pointers(strangers, context, CONTEXT_PARAMS, "cb_eval", "abort_callback", "samplers");
    pointers(strangers, context, CONTEXT_PARAMS, "n_samplers", "ctx_other");
    flags(
        strangers,
        context,
        CONTEXT_PARAMS,
        List.of("offload_kqv", "no_perf", "op_offload", "swa_full"),
        List.of("embeddings", "kv_unified"));
    return List.copyOf(strangers);
  }

  /// `expected`: a name and its value, alternating.
  private static void ints(
      List<String> strangers, MemorySegment struct, StructLayout layout, Object... expected) {
    for (int i = 0; i < expected.length; i += 2) {
      var field = (String) expected[i];
      int found = struct.get(JAVA_INT, offset(layout, field));
      if (found != (int) expected[i + 1]) {
        strangers.add(field + "=" + found);
      }
    }
  }

  private static void pointers(
      List<String> strangers, MemorySegment struct, StructLayout layout, String... fields) {
    for (var field : fields) {
      if (struct.get(JAVA_LONG, offset(layout, field)) != 0) {
        strangers.add(field + " is set");
      }
    }
  }

  private static void flags(
      List<String> strangers,
      MemorySegment struct,
      StructLayout layout,
      List<String> on,
      List<String> off) {
    for (var field : on) {
      if (struct.get(JAVA_BYTE, offset(layout, field)) != 1) {
        strangers.add(field + " is off");
      }
    }
    for (var field : off) {
      if (struct.get(JAVA_BYTE, offset(layout, field)) != 0) {
        strangers.add(field + " is on");
      }
    }
  }
}
