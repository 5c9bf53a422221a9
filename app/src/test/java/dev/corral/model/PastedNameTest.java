package dev.corral.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Names as people type and paste them.
class PastedNameTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          llama3.2, llama3.2:latest
          ' llama3.2:1b ', llama3.2:1b
          ns/name:tag, ns/name:tag
          registry.example.com:5000/ns/name:tag, registry.example.com:5000/ns/name:tag
          ollama/llama3.2:1b, llama3.2:1b
          https://ollama.com/library/llama3.2:1b, llama3.2:1b
          https://ollama.com/somebody/model, somebody/model:latest
          hf.co/owner/repo, hf.co/owner/repo:latest
          hf.co/owner/repo:Q4_K_M, hf.co/owner/repo:Q4_K_M
          HF.co/Owner/Repo-GGUF:q8_0, hf.co/Owner/Repo-GGUF:q8_0
          huggingface.co/owner/repo, huggingface.co/owner/repo:latest
          https://huggingface.co/owner/repo, huggingface.co/owner/repo:latest
          https://huggingface.co/owner/repo/, huggingface.co/owner/repo:latest
          https://www.huggingface.co/owner/repo/tree/main, huggingface.co/owner/repo:latest
          https://huggingface.co/owner/repo/tree/main?show=all#x, huggingface.co/owner/repo:latest
          https://huggingface.co/o/r/blob/main/Llama-3.2-1B-Q4_K_M.gguf, huggingface.co/o/r:Q4_K_M
          https://hf.co/o/r/resolve/main/m.IQ2_XXS.gguf?download=true, hf.co/o/r:IQ2_XXS
          https://hf.co/o/r/blob/main/m-UD-Q4_K_XL.gguf, hf.co/o/r:UD-Q4_K_XL
          huggingface.co/o/r/blob/main/m-bf16.gguf, huggingface.co/o/r:bf16
          https://hf.co/o/r/blob/main/weights.gguf, hf.co/o/r:weights.gguf
          https://hf.co/o/r/blob/main/BF16/m-BF16.gguf, hf.co/o/r:BF16
          https://hf.co/o/r/blob/main/m-Q4_K_M-00001-of-00002.gguf, hf.co/o/r:Q4_K_M
          https://hf.co/o/r/blob/main/Q8_0/m-Q8_0-00002-of-00003.gguf, hf.co/o/r:Q8_0
          https://hf.co/o/r/raw/main/m-MXFP4.gguf, hf.co/o/r:MXFP4
          https://hf.co/o/r?show_file_info=m-Q5_K_M.gguf, hf.co/o/r:Q5_K_M
          https://hf.co/o/r?library=llama-cpp, hf.co/o/r:latest
          https://hf.co/o/r/tree/main/BF16, hf.co/o/r:latest
          hf://o/r, hf.co/o/r:latest
          ollama run hf.co/o/r:Q4_K_M, hf.co/o/r:Q4_K_M
          ollama pull llama3.2:1b, llama3.2:1b
          https://ollama.com/library/mistral/tags, mistral:latest
          HTTPS://HuggingFace.co/Owner/Repo, huggingface.co/Owner/Repo:latest
          """)
  void isTakenForWhatItMeans(String text, String name) {
    assertThat(PastedName.read(text))
        .isInstanceOfSatisfying(
            PastedName.Meant.class, meant -> assertThat(meant.name()).hasToString(name));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          a@sha256:1111, names a digest
          sha256:1111111111, names a digest
          '', is not a model's name
          ../x, is not a model's name
          a/b/c/d, is not a model's name
          https://huggingface.co/o/r/tree/dev, other than the main branch
          https://huggingface.co/o/r/discussions/3, other than the main branch
          https://huggingface.co/o/r/blob/main/README.md, is not a GGUF file
          https://huggingface.co/o/r/blob/main/BF16/m.gguf, does not say its quantization
          https://huggingface.co/o/r/blob/main/m-00001-of-00002.gguf, does not say its quantization
          https://huggingface.co/o/r/blob/main/mmproj-F16.gguf, goes with a model
          https://huggingface.co/o/r/blob/main/imatrix.gguf, goes with a model
          https://huggingface.co/datasets/o/r, is no model
          https://huggingface.co/spaces/o/r/tree/main, is no model
          https://huggingface.co/o, is not a model's name
          ollama run, is not a model's name
          rm -rf /, is not a model's name
          https://ollama.com, is not a model's name
          """)
  void isRefusedWithTheReasonWhereItMeansNothing(String text, String why) {
    assertThat(PastedName.read(text))
        .isInstanceOfSatisfying(
            PastedName.Wrong.class,
            wrong -> {
              assertThat(wrong.why()).contains(why);
              assertThat(wrong.next()).isNotEmpty();
            });
  }

  /// What a random name is made of.
  private static String part(Random random, String further) {
    String first = "abcXYZ019_";
    String rest = first + further;
    StringBuilder part = new StringBuilder().append(first.charAt(random.nextInt(first.length())));
    for (int i = random.nextInt(12); i > 0; i--) {
      part.append(rest.charAt(random.nextInt(rest.length())));
    }
    return part.toString();
  }

  @Test
  void whateverWayARepositoryIsWrittenTheSameModelIsMeant() {
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      String owner = "o" + part(random, "-");
      String name = part(random, ".-");
      String repository = owner + "/" + name;
      String wanted = "hf.co/" + repository + ":latest";
      for (String form :
          List.of(
              "hf.co/%s",
              "https://hf.co/%s",
              "https://hf.co/%s/",
              "https://hf.co/%s/tree/main",
              "https://hf.co/%s/tree/main?x=y#z",
              "  hf.co/%s  ",
              "ollama run hf.co/%s")) {
        String text = form.formatted(repository);
        assertThat(PastedName.read(text))
            .as(text)
            .isInstanceOfSatisfying(
                PastedName.Meant.class, meant -> assertThat(meant.name()).hasToString(wanted));
      }
    }
  }

  @Test
  void anyNameThatCanBeWrittenIsReadBackAsItself() {
    Random random = new Random(12);
    for (int i = 0; i < 5_000; i++) {
      ModelName name =
          new ModelName(
              i % 2 == 0 ? ModelName.DEFAULT_HOST : "h" + part(random, "-") + ".example:5000",
              i % 3 == 0 ? ModelName.DEFAULT_NAMESPACE : "n" + part(random, "-"),
              part(random, ".-"),
              part(random, ".-"));
      assertThat(PastedName.read(name.shortName())).isEqualTo(new PastedName.Meant(name));
      assertThat(ModelName.parse(name.shortName().toUpperCase(Locale.ROOT)))
          .hasValueSatisfying(upper -> assertThat(upper.key()).isEqualTo(name.key()));
    }
  }

  @Test
  void noTextBreaksTheReader() {
    Random random = new Random(5);
    String letters = "ab/:.@?#%\\ \u0000é-_https://hf.co/tree/main.gguf";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(i % 3 == 0 ? "https://hf.co/" : "");
      for (int j = random.nextInt(40); j > 0; j--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      if (PastedName.read(text.toString()) instanceof PastedName.Meant meant) {
        ModelName name = meant.name();
        assertThat(ModelName.parse(name.shortName())).as(text.toString()).contains(name);
        assertThat(name.shortName()).doesNotContain("/../", "\\", "%", " ", "@");
      }
    }
  }
}
