package dev.corral.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.model.ModelName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the names of a repository's files mean.
class SortedTest {
  private static final RepositoryName REPO = new RepositoryName("owner", "Some-7B-GGUF");

  private static Sorted sorted(RepositoryName repository, String... paths) {
    List<HubFile> files =
        Arrays.stream(paths).map(path -> new HubFile(path, 1000, Optional.empty())).toList();
    return Sorted.of(repository, "hf.co", files);
  }

  private static Sorted sorted(String... paths) {
    return sorted(REPO, paths);
  }

  private static List<String> titles(Sorted sorted) {
    return sorted.choices().stream().map(Choice::title).toList();
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          Some-7B-Q4_K_M.gguf, Q4_K_M
          some-7b.Q4_K_M.gguf, Q4_K_M
          some-7b-q4_k_m.gguf, Q4_K_M
          some-7b-Q4-K-M.gguf, Q4_K_M
          some.i1-IQ2_XXS.gguf, IQ2_XXS
          Some-7B-UD-Q4_K_XL.gguf, UD-Q4_K_XL
          Some-7B-UD-IQ1_S-00001-of-00001.gguf, UD-IQ1_S
          Some-7B-BF16.gguf, BF16
          some-7b-fp16.gguf, F16
          some-7b-f32.gguf, F32
          BF16/Some-7B-00001-of-00001.gguf, BF16
          Q4_K_M/Some-Q8_0.gguf, Q8_0
          gpt-oss-20b-mxfp4.gguf, MXFP4
          gpt-oss-20b-MXFP4_MOE.gguf, MXFP4_MOE
          some-TQ1_0.gguf, TQ1_0
          some-TQ2_0.gguf, TQ2_0
          some-NVFP4.gguf, NVFP4
          Some-7B-Q4_0_4_8.gguf, Q4_0_4_8
          Some-7B-IQ4_NL.gguf, IQ4_NL
          Some-7B-Q6_K_L.gguf, Q6_K_L
          Some-7B-Q2_K.gguf, Q2_K
          Some-7B-Q3_K_S-imat.gguf, Q3_K_S
          weights.gguf, weights.gguf
          Q4ever-7B.gguf, Q4ever-7B.gguf
          """)
  void aQuantizationIsReadFromThePath(String path, String title) {
    assertThat(titles(sorted(path))).containsExactly(title);
  }

  @Test
  void everyKindHasWordsAndOrdinaryOnesAreInOrder() {
    for (String name :
        List.of(
            "IQ1_S",
            "IQ2_M",
            "Q2_K",
            "IQ3_M",
            "Q3_K_M",
            "IQ4_XS",
            "Q4_K_M",
            "Q5_K_M",
            "Q6_K",
            "Q8_0",
            "BF16",
            "F32",
            "TQ1_0",
            "MXFP4",
            "NVFP4",
            "UD-Q4_K_XL")) {
      Optional<Label> label = Label.in("m-" + name + ".gguf");
      assertThat(label).hasValueSatisfying(found -> assertThat(found).hasToString(name));
      assertThat(Quality.of(label.orElseThrow())).as(name).isPresent();
    }
    assertThat(Quality.words(Label.in("m-Q4_K_M.gguf"))).isEqualTo("good quality, standard");
    assertThat(Quality.words(Label.in("m-UD-Q4_K_XL.gguf"))).endsWith("(dynamic)");
    assertThat(Quality.words(Optional.empty())).contains("no quantization");
  }

  @Test
  void aSplitSetIsOneChoice() {
    Sorted sorted =
        sorted(
            "Q8_0/m-Q8_0-00002-of-00003.gguf",
            "Q8_0/m-Q8_0-00001-of-00003.gguf",
            "Q8_0/m-Q8_0-00003-of-00003.gguf",
            "m-Q4_K_M.gguf");
    assertThat(titles(sorted)).containsExactly("Q4_K_M", "Q8_0");
    Choice set = sorted.choices().getLast();
    assertThat(set.size()).isEqualTo(3000);
    assertThat(set.files()).extracting(HubFile::path).isSorted();
    assertThat(set.name())
        .hasValueSatisfying(name -> assertThat(name).hasToString("hf.co/owner/Some-7B-GGUF:Q8_0"));
  }

  @Test
  void aSetWithAPartMissingIsNamedAndNotOffered() {
    Choice set =
        sorted("m-Q8_0-00001-of-00003.gguf", "m-Q8_0-00003-of-00003.gguf").choices().getFirst();
    assertThat(set.missing()).containsExactly(2);
    assertThat(set.whole()).isFalse();
    assertThat(set.name()).isEmpty();
  }

  @Test
  void aSetThatClaimsABillionPartsIsNoReasonToCountThem() {
    Choice set = sorted("m-Q8_0-00001-of-99999.gguf").choices().getFirst();
    assertThat(set.missing()).hasSizeLessThan(1000);
  }

  @Test
  void aProjectorGoesWithTheModelAndIsNoneItself() {
    Sorted sorted =
        sorted(
            "mmproj-model-f32.gguf", "mmproj-model-F16.gguf", "m-Q4_K_M.gguf", "x/mmproj-F16.gguf");
    assertThat(titles(sorted)).containsExactly("Q4_K_M");
    assertThat(sorted.projector())
        .hasValueSatisfying(file -> assertThat(file.path()).isEqualTo("mmproj-model-F16.gguf"));
    assertThat(sorted.leftOut()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "imatrix.gguf",
        "Some-7B-imatrix.gguf",
        "imatrix_unsloth.gguf",
        "mtp-Some-7B-Q8_0.gguf",
        "MTP/Some-7B-Q8_0.gguf",
        "Some-7B-draft-Q4_K_M.gguf",
        "eagle3-Some-7B-F16.gguf",
        "dflash-Some-7B-Q8_0.gguf",
        "Some-7B-lora-F16.gguf",
        "ggml-vocab-llama.gguf"
      })
  void whatHelpsAModelIsLeftOutWithTheReason(String path) {
    Sorted sorted = sorted(path, "Some-7B-Q4_K_M.gguf");
    assertThat(titles(sorted)).containsExactly("Q4_K_M");
    assertThat(sorted.leftOut()).containsKey(path);
    assertThat(sorted.leftOut().get(path)).contains("no model").doesNotContain(path);
  }

  @Test
  void aModelThatIsCalledWhatAHelperIsStaysAModel() {
    Sorted sorted =
        sorted(new RepositoryName("o", "Draft-Writer-GGUF"), "Draft-Writer-Q4_K_M.gguf");
    assertThat(titles(sorted)).containsExactly("Q4_K_M");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>-Q4_K_M.gguf",
        "m\"onload=x-Q4_K_M.gguf",
        "m\u001b[31m-Q4_K_M.gguf",
        "../../etc/m-Q4_K_M.gguf",
        "a/../m-Q4_K_M.gguf",
        "m\u202egpj-Q4_K_M.gguf",
        "m\n-Q4_K_M.gguf",
        "m`rm`-Q4_K_M.gguf",
        "m$(x)-Q4_K_M.gguf",
        "m;x-Q4_K_M.gguf"
      })
  void aNameWithAScriptInItIsNeitherOfferedNorRepeated(String path) {
    Sorted sorted = sorted(path, "m-Q8_0.gguf");
    assertThat(titles(sorted)).containsExactly("Q8_0");
    assertThat(sorted.leftOut()).hasSize(1);
    assertThat(sorted.leftOut().keySet().iterator().next())
        .doesNotContainPattern("[<>\"'&\\p{Cntrl}\\p{Cf}]");
  }

  @Test
  void twoModelsInOneRepositoryAreToldApartByTheirFiles() {
    Sorted sorted = sorted("small-Q4_K_M.gguf", "large-Q4_K_M.gguf", "large-Q8_0.gguf");
    assertThat(sorted.choices())
        .extracting(choice -> choice.name().map(ModelName::tag).orElse("none"))
        .containsExactlyInAnyOrder("small-Q4_K_M.gguf", "large-Q4_K_M.gguf", "Q8_0");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          Q4_K_M, Q4_K_M
          q4_k_m, Q4_K_M
          m-Q8_0.gguf, Q8_0
          latest, Q4_K_M
          '', Q4_K_M
          """)
  void aTagMeansAQuantizationOrAFileInAnyCase(String tag, String title) {
    assertThat(sorted("m-Q4_K_M.gguf", "m-Q8_0.gguf", "m-Q2_K.gguf").meantBy(tag))
        .hasValueSatisfying(choice -> assertThat(choice.title()).isEqualTo(title));
  }

  @Test
  void withoutATagAndWithoutQ4KMTheNextSmallerIsMeant() {
    assertThat(sorted("m-IQ4_XS.gguf", "m-Q8_0.gguf", "m-Q2_K.gguf").meantBy(""))
        .hasValueSatisfying(choice -> assertThat(choice.title()).isEqualTo("IQ4_XS"));
    assertThat(sorted("m-Q8_0.gguf", "m-BF16.gguf").meantBy(""))
        .hasValueSatisfying(choice -> assertThat(choice.title()).isEqualTo("Q8_0"));
    assertThat(sorted().meantBy("")).isEmpty();
  }

  @Test
  void aKindThatEnginesRefuseIsNeverTheOneThatIsMeant() {
    assertThat(sorted("m-Q4_0_4_8.gguf", "m-Q3_K_M.gguf").meantBy(""))
        .hasValueSatisfying(choice -> assertThat(choice.title()).isEqualTo("Q3_K_M"));
    assertThat(sorted("m-Q4_0_4_8.gguf").meantBy("")).isEmpty();
  }

  @Test
  void noNameBreaksTheSorting() {
    Random random = new Random(3);
    String letters = "Qq4_K.M-/0123of<>\"' \u0000é\u202e\\UDBF16mproj";
    for (int i = 0; i < 5_000; i++) {
      StringBuilder path = new StringBuilder();
      for (int j = random.nextInt(30); j > 0; j--) {
        path.append(letters.charAt(random.nextInt(letters.length())));
      }
      Sorted sorted = sorted(path + ".gguf", path + "-00001-of-00002.gguf");
      for (Choice choice : sorted.choices()) {
        assertThat(choice.title()).doesNotContain("<", "\"", "\u0000", "\u202e");
      }
    }
  }
}
