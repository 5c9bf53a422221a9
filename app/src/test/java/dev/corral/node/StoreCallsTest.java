package dev.corral.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.Folders;
import dev.corral.blobs.Shop;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.model.Digest;
import dev.corral.testkit.Recording;
import dev.corral.upstream.CallerLeft;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Ollama's management calls on our own store, held to what a real Ollama answered.
class StoreCallsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private StoreSeat seat;

  @BeforeEach
  void open() throws StoreFailure {
    seat = StoreSeat.on(folder);
  }

  @AfterEach
  void close() throws IOException {
    seat.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tags-empty",
        "tags-head",
        "v1-models-empty",
        "err-missing-v1-model",
        "blob-head-missing",
        "blob-post-baddigest",
        "blob-post-mismatch",
        "err-create-abs-path",
        "err-create-badname",
        "err-badname-dots-show",
        "err-badname-space-show",
        "err-cloud-show",
        "err-emptybody-show",
        "err-missing-show",
        "err-noname-show",
        "err-wrongtype-show",
        "err-badname-dots-copy",
        "err-badname-space-copy",
        "err-copy-bad-dest",
        "err-copy-no-dest",
        "err-emptybody-copy",
        "err-missing-copy",
        "err-noname-copy",
        "err-wrongtype-copy",
        "err-badname-delete",
        "err-missing-delete",
        "err-noname-delete"
      })
  void anEmptyStoreAnswersAsAnEmptyOllamaByteForByte(String name) {
    Recording recorded = Recording.of(Recording.V0_33, name);
    Told told = Told.of(seat.node(), recorded);

    assertThat(told.status()).isEqualTo(recorded.status());
    assertThat(told.body()).isEqualTo(recorded.responseBody().text());
    recorded
        .responseHeaders()
        .first("Content-Length")
        .ifPresent(length -> assertThat(told.headers()).containsEntry("Content-Length", length));
    assertThat(told.headers().get("Content-Type"))
        .isEqualTo(recorded.responseHeaders().first("Content-Type").orElseThrow());
    assertThat(told.ended()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"err-create-nothing", "err-create-not-gguf"})
  void aCreateThatCannotBeSaysSoInTheRecordedWords(String name) {
    seat.upload(Shop.bytes("hello"));
    Recording recorded = Recording.of(Recording.V0_33, name);

    Told told = Told.of(seat.node(), recorded);

    assertThat(told.status()).isEqualTo(recorded.status());
    assertThat(told.body()).isEqualTo(recorded.responseBody().text());
  }

  @Test
  void anUploadedBlobIsThereAndASecondOneIsAnsweredWithoutBeingRead() throws Exception {
    Digest digest = seat.uploadTiny("markov-a");

    assertThat(blob("HEAD", digest, 0, unreadable()).status()).isEqualTo(200);
    assertThat(blob("POST", digest, 9, unreadable()).status()).isEqualTo(200);
    assertThat(Told.of(seat.node(), "HEAD", "/api/blobs/sha256-" + digest.hex(), "").status())
        .isEqualTo(200);
  }

  @Test
  void anUploadThatBreaksOffLeavesNothing() throws Exception {
    Digest digest = Digest.of(Shop.bytes("whole"));
    InputStream half =
        new SequenceInputStream(new ByteArrayInputStream(Shop.bytes("who")), unreadable());

    assertThatThrownBy(() -> blob("POST", digest, 5, half)).isInstanceOf(CallerLeft.class);
    assertThat(seat.store().hasBlob(digest)).isFalse();
    assertThat(Shop.files(folder.resolve(".corral/work"))).hasSize(1);
  }

  @Test
  void moreThanTheDiskHoldsIsRefusedBeforeItIsSent() {
    Told told = blob("POST", Digest.of(new byte[1]), 1L << 58, unreadable());

    assertThat(told.status()).isEqualTo(500);
    assertThat(told.body())
        .contains("not enough room on the disk of the model store: 288 PB are needed");
  }

  /// Recorded with a template that Ollama added because it knew the file's own; it is given here.
  @Test
  void aModelIsMadeOfAFileAndShownAsRecorded() throws Exception {
    createMarkovA();
    JsonNode recorded = recorded("show");
    ObjectNode told = (ObjectNode) seat.show("markov-a").json();

    assertThat(told.fieldNames())
        .toIterable()
        .containsExactlyElementsOf(() -> recorded.fieldNames());
    for (String same :
        List.of("license", "parameters", "template", "system", "details", "capabilities")) {
      assertThat(told.get(same)).as(same).isEqualTo(recorded.get(same));
    }
    ObjectNode info = (ObjectNode) recorded.get("model_info");
    info.remove("general.quantization_version"); // Ollama's own file has it, the uploaded has not
    assertThat(told.get("model_info").toString()).isEqualTo(info.toString());
    assertThat(told.get("tensors")).containsExactlyInAnyOrderElementsOf(recorded.get("tensors"));
    String modelfile = recorded.get("modelfile").asText();
    assertThat(told.get("modelfile").asText())
        .isEqualTo(
            modelfile
                .replaceFirst("FROM MODELS\\S+", "FROM markov-a:latest")
                // the recording hides a text of several lines behind one word
                .replace("\"CHAT_TEMPLATE\"", "CHAT_TEMPLATE"));
  }

  @Test
  void verboseShowsTheWholeVocabularyAsRecorded() throws Exception {
    createMarkovA();
    JsonNode recorded = recorded("show-verbose").get("model_info");

    JsonNode told =
        Told.of(seat.node(), "POST", "/api/show", "{\"model\":\"markov-a\",\"verbose\":true}")
            .json()
            .get("model_info");

    for (String list : List.of("tokens", "scores", "token_type")) {
      assertThat(told.get("tokenizer.ggml." + list).toString())
          .isEqualTo(recorded.get("tokenizer.ggml." + list).toString());
    }
  }

  @Test
  void aModelOfAJinjaTemplateShowsWhatItCan() throws Exception {
    Digest file = seat.uploadTiny("markov-tool");
    seat.create("{\"model\":\"tool\",\"files\":{\"t.gguf\":\"" + file + "\"}}");

    JsonNode told = seat.show("tool").json();

    assertThat(told.get("capabilities").toString()).isEqualTo("[\"tools\",\"completion\"]");
    assertThat(told.get("template")).isEqualTo(recorded("show-tool").get("template"));
  }

  @Test
  void aListingTellsWhatOllamasTells() throws Exception {
    createMarkovA();
    // Made long before the other, by the clock of the coarsest disk.
    Files.setLastModifiedTime(
        manifestOfMarkovA(), FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    Digest embed = seat.uploadTiny("markov-embed");
    seat.create("{\"model\":\"markov-embed\",\"files\":{\"e.gguf\":\"" + embed + "\"}}");

    JsonNode told = Told.of(seat.node(), "GET", "/api/tags", "").json().get("models");

    assertThat(told)
        .extracting(entry -> entry.get("name").asText())
        .containsExactly("markov-embed:latest", "markov-a:latest");
    for (JsonNode entry : told) {
      ObjectNode recorded = entry("tags", "name", entry.get("name").asText());
      assertThat(entry.fieldNames()).toIterable().containsExactlyElementsOf(recorded::fieldNames);
      ((ObjectNode) entry.get("details")).put("quantization_level", "unknown");
      assertThat(entry.get("details").toString()).isEqualTo(recorded.get("details").toString());
      assertThat(entry.get("capabilities")).isEqualTo(recorded.get("capabilities"));
      assertThat(entry.get("digest").asText()).matches("[0-9a-f]{64}");
    }
    JsonNode list = Told.of(seat.node(), "GET", "/v1/models", "").json();
    assertThat(list.get("object").asText()).isEqualTo("list");
    assertThat(list.get("data").get(1).get("id").asText()).isEqualTo("markov-a:latest");
    assertThat(Told.of(seat.node(), "GET", "/v1/models/markov-a", "").body())
        .matches(
            "\\{\"id\":\"markov-a\",\"object\":\"model\",\"created\":\\d+,\"owned_by\":\"library\"}\n");
  }

  @Test
  void aCopyIsListedAndADeletedOneIsNot() throws Exception {
    createMarkovA();

    Told copied = Told.of(seat.node(), Recording.of(Recording.V0_33, "copy"));
    assertThat(copied.status()).isEqualTo(200);
    assertThat(copied.body()).isEmpty();
    assertThat(copied.headers()).containsEntry("Content-Length", "0");
    assertThat(seat.show("corral/anchor:markov-a-20261121").status()).isEqualTo(200);
    assertThat(Told.of(seat.node(), Recording.of(Recording.V0_33, "delete")).status())
        .isEqualTo(200);
    assertThat(seat.show("corral/anchor:markov-a-20261121").status()).isEqualTo(404);
    assertThat(seat.show("markov-a").status()).isEqualTo(200);
  }

  @Test
  void aModelThatLostItsWeightsIsListedAndCannotBeShownAsRecorded() throws Exception {
    createMarkovA();
    Files.delete(seat.store().blob(Digest.of(Shop.tiny("markov-a"))).orElseThrow());

    assertThat(Told.of(seat.node(), "GET", "/api/tags", "").json().get("models")).hasSize(1);
    assertThat(seat.show("markov-a").status()).isEqualTo(404);
    assertThat(seat.show("markov-a").body())
        .isEqualTo("{\"error\":\"model 'markov-a:latest' not found\"}");
  }

  @Test
  void aModelThatLiesElsewhereIsNotDeletedAndSaysWhereItIs() throws Exception {
    createMarkovA();
    Folders beside =
        new Folders(folder.resolve("own"), List.of(folder), List.of(), Optional.empty());
    try (StoreSeat other = StoreSeat.on(Store.open(beside, _ -> {}))) {
      Told told = Told.of(other.node(), "DELETE", "/api/delete", "{\"model\":\"markov-a\"}");
      assertThat(told.status()).isEqualTo(403);
      assertThat(told.body()).contains("remove it with: ollama rm markov-a:latest");
      assertThat(other.show("markov-a").status()).isEqualTo(200);
    }
  }

  @Test
  void noAnswerTellsAPathOfTheDisk() throws Exception {
    createMarkovA();
    List<String> answers = new ArrayList<>();
    answers.add(seat.show("markov-a").body());
    answers.add(Told.of(seat.node(), "GET", "/api/tags", "").body());
    Files.writeString(manifestOfMarkovA(), "garbage");
    answers.add(seat.show("markov-a").body());
    answers.add(seat.create("{\"model\":\"x\",\"from\":\"markov-a\"}").body());
    answers.add(
        seat.create("{\"model\":\"x\",\"files\":{\"a.gguf\":\"" + Digest.of(new byte[2]) + "\"}}")
            .body());

    assertThat(answers).noneMatch(answer -> answer.contains(folder.toString()));
    assertThat(answers.get(2)).contains("is damaged").contains("corral rm markov-a:latest");
    assertThat(answers.get(4)).contains("send it first with: POST /api/blobs/sha256:");
  }

  private Path manifestOfMarkovA() {
    return folder.resolve("manifests/registry.ollama.ai/library/markov-a/latest");
  }

  private void createMarkovA() throws IOException {
    seat.uploadTiny("markov-a");
    ObjectNode ask =
        (ObjectNode)
            JSON.readTree(Recording.of(Recording.V0_33, "create-stream").requestBody().text());
    ask.put("template", recorded("show").get("template").asText());
    assertThat(seat.create(ask.toString()).statuses()).endsWith("success");
  }

  private Told blob(String method, Digest digest, long length, InputStream body) {
    return Told.of(seat.node(), method, "/api/blobs/" + digest, length, body);
  }

  private static JsonNode recorded(String name) throws IOException {
    return JSON.readTree(Recording.of(Recording.V0_33, name).responseBody().text());
  }

  private static ObjectNode entry(String recording, String member, String value)
      throws IOException {
    for (JsonNode entry : recorded(recording).get("models")) {
      if (entry.get(member).asText().equals(value)) {
        return (ObjectNode) entry;
      }
    }
    throw new AssertionError(recording + " has no " + value);
  }

  private static InputStream unreadable() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw new IOException("the caller has left");
      }

      @Override
      public int read(byte[] into, int from, int most) throws IOException {
        return read();
      }
    };
  }
}
