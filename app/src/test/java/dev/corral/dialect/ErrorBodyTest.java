package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.model.Dialect;
import dev.corral.wire.Problem;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorBodyTest {
  private static final ObjectMapper JACKSON = new ObjectMapper();

  private static String body(Dialect dialect, Problem problem) {
    return new String(ErrorBody.render(dialect, problem).bytes(), UTF_8);
  }

  private static String frame(Call call, Problem problem, String before) {
    EndWatch watch = new EndWatch(call, true);
    byte[] passed = before.getBytes(UTF_8);
    watch.feed(passed, 0, passed.length);
    return new String(ErrorFrame.render(call, problem, watch), UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "400, invalid_request_error, invalid_request_error",
    "401, api_error, authentication_error",
    "403, api_error, permission_error",
    "404, not_found_error, not_found_error",
    "429, api_error, rate_limit_error",
    "500, api_error, api_error",
    "502, api_error, api_error",
    "503, api_error, overloaded_error"
  })
  void theTypeFollowsTheStatus(int status, String openai, String anthropic) {
    assertThat(body(Dialect.OPENAI, Problem.of(status, "x")))
        .isEqualTo(
            "{\"error\":{\"message\":\"x\",\"type\":\""
                + openai
                + "\",\"param\":null,\"code\":null}}\n");
    assertThat(body(Dialect.ANTHROPIC, Problem.of(status, "x")))
        .matches(
            "\\{\"type\":\"error\",\"error\":\\{\"type\":\""
                + anthropic
                + "\",\"message\":\"x\"},\"request_id\":\"req_[0-9a-f]{24}\"}\n");
  }

  @Test
  void textIsEscapedAsGoEscapesIt() {
    String text = "<a href='x'>&\"\\\n\t\u0001\u007f\u2028é😀\ud83d";
    assertThat(body(Dialect.OLLAMA, Problem.of(500, text)))
        .isEqualTo(
            "{\"error\":\"\\u003ca"
                + " href='x'\\u003e\\u0026\\\"\\\\\\n\\t\\u0001\u007f\\u2028é😀\\ufffd\"}");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PLAIN")
  void everyDialectButPlainIsJsonAndSaysWhatToDoNext(Dialect dialect) throws IOException {
    Problem problem = Problem.of(404, "model 'x' not found", Words.pull("x"));
    ErrorBody body = ErrorBody.render(dialect, problem);
    JsonNode tree = JACKSON.readTree(body.bytes());
    assertThat(tree.toString()).contains("model 'x' not found").contains("Pull it: corral pull x");
    assertThat(body.contentType()).contains("json");
  }

  @Test
  void managementGetsAProblemDocument() throws IOException {
    ErrorBody body = ErrorBody.render(Dialect.MANAGE, Problem.of(409, "in use", "Add --force"));
    assertThat(body.contentType()).isEqualTo("application/problem+json");
    assertThat(JACKSON.readTree(body.bytes()))
        .isEqualTo(
            JACKSON.readTree(
                """
                {"type": "about:blank", "title": "Conflict", "status": 409,
                 "detail": "in use", "next": "Add --force"}
                """));
  }

  @Test
  void plainIsALineOfText() {
    assertThat(body(Dialect.PLAIN, Problem.of(503, "Not ready", "Wait")))
        .isEqualTo("Not ready. Wait\n");
  }

  @Test
  void aBrokenStreamEndsWithAnErrorInItsDialectAndWithoutATerminator() {
    Problem broken = Problem.of(502, "cut");
    assertThat(frame(Call.CHAT, broken, "{\"done\":false}\n")).isEqualTo("{\"error\":\"cut\"}\n");
    assertThat(frame(Call.V1_CHAT, broken, "data: {}\n\n"))
        .isEqualTo(
            "data:"
                + " {\"error\":{\"message\":\"cut\",\"type\":\"api_error\",\"param\":null,\"code\":null}}\n\n");
    assertThat(frame(Call.V1_MESSAGES, broken, "event: ping\ndata: {}\n\n"))
        .isEqualTo(
            "event: error\n"
                + "data:"
                + " {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"cut\"}}\n\n");
    assertThat(
            frame(
                Call.V1_RESPONSES,
                broken,
                "event: response.created\ndata: {\"sequence_number\":41}\n\n"))
        .isEqualTo(
            "event: error\n"
                + "data:"
                + " {\"type\":\"error\",\"code\":\"api_error\",\"message\":\"cut\",\"param\":null,\"sequence_number\":42}\n\n");
  }

  @Test
  void anErrorDoesNotGrowOntoHalfAFrame() {
    Problem broken = Problem.of(502, "cut");
    assertThat(frame(Call.CHAT, broken, "{\"don")).startsWith("\n{\"error\"");
    assertThat(frame(Call.V1_CHAT, broken, "data: {\"x")).startsWith("\n\ndata: ");
    assertThat(frame(Call.V1_CHAT, broken, "data: {}\n")).startsWith("\ndata: ");
    assertThat(frame(Call.V1_CHAT, broken, "")).startsWith("data: ");
  }
}
