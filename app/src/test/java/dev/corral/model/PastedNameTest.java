package dev.corral.model;

import static org.assertj.core.api.Assertions.assertThat;

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
          https://huggingface.co/o/r/blob/main/BF16/m.gguf, is not a GGUF file at the top
          https://huggingface.co/o/r/blob/main/m-00001-of-00002.gguf, is one part of several
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
