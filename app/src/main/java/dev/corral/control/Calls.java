package dev.corral.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.corral.db.DatabaseFailure;
import dev.corral.door.Replies;
import dev.corral.door.Visit;
import dev.corral.wire.Problem;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.function.Function;

/// Runs management calls: the body is read on the event loop of the connection, the call itself
/// runs on a virtual thread, where it may block, and its answer goes out on the event loop again.
final class Calls {
  /// The largest honest body is a backend with a long key.
  private static final int MOST_BODY_BYTES = 64 * 1024;

  /// A body this small comes with its head.
  private static final Duration MOST_BODY_TIME = Duration.ofSeconds(20);

  private static final String JSON_TYPE = "application/json";
  private static final System.Logger LOG = System.getLogger(Calls.class.getName());

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  private Calls() {}

  /// A visitor for a call that may block.
  static Visit.Visitor calling(Function<Question, Answer> call) {
    return visit -> new Reading(visit, call, loop()).begin();
  }

  /// The event loop of the connection that is being served.
  static Context loop() {
    Context loop = Vertx.currentContext();
    if (loop == null) {
      throw new IllegalStateException("visits begin on an event loop");
    }
    return loop;
  }

  /// Collects the body of one call; belongs to the event loop of its connection.
  private static final class Reading {
    private final Visit visit;
    private final Function<Question, Answer> call;
    private final Context loop;
    private final Buffer body = Buffer.buffer();
    private boolean over;

    Reading(Visit visit, Function<Question, Answer> call, Context loop) {
      this.visit = visit;
      this.call = call;
      this.loop = loop;
    }

    void begin() {
      HttpServerRequest request = visit.request();
      if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
        request.response().writeContinue();
      }
      long timer = loop.owner().setTimer(MOST_BODY_TIME.toMillis(), _ -> refuse(tooSlow()));
      request.exceptionHandler(_ -> {
        over = true;
        loop.owner().cancelTimer(timer);
      });
      request.handler(this::take);
      request.endHandler(_ -> {
        loop.owner().cancelTimer(timer);
        taken();
      });
    }

    private void take(Buffer chunk) {
      if (over) {
        return;
      }
      if (body.length() + chunk.length() > MOST_BODY_BYTES) {
        refuse(Problem.of(413, "The body is larger than 64 KiB, the most a management call takes"));
        return;
      }
      body.appendBuffer(chunk);
    }

    private void taken() {
      if (over) {
        return;
      }
      over = true;
      Question question = new Question(visit, body);
      Thread.ofVirtual()
          .name("manage")
          .start(() -> {
            Answer answer = answer(call, question);
            loop.runOnContext(_ -> reply(visit, answer));
          });
    }

    private void refuse(Problem problem) {
      if (!over) {
        over = true;
        visit.refuse(problem);
      }
    }

    private static Problem tooSlow() {
      return Problem.of(408, "The body came too slowly", "Send it at once.");
    }
  }

  private static Answer answer(Function<Question, Answer> call, Question question) {
    try {
      return call.apply(question);
    } catch (BadRequest e) {
      return Answer.no(e.status(), e.message(), e.next());
    } catch (DatabaseFailure e) {
      LOG.log(System.Logger.Level.WARNING, "The database refused a management call", e);
      return Answer.no(
          503,
          "The database could not do this, so nothing was changed",
          "Try again soon; the cause is in: corral logs");
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "A management call failed", e);
      return Answer.no(500, "Corral made a mistake with this request", "See: corral logs");
    }
  }

  private static void reply(Visit visit, Answer answer) {
    HttpServerRequest request = visit.request();
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    // What is told here changes by itself, and some of it is not for anybody else.
    response.putHeader("Cache-Control", "no-store");
    switch (answer) {
      case Answer.Json json -> {
        json.headers().forEach(response::putHeader);
        Replies.whole(request, json.status(), JSON_TYPE, Buffer.buffer(bytes(json.body())));
      }
      case Answer.Text text -> Replies.text(request, text.status(), text.type(), text.body());
      case Answer.Done _ -> response.setStatusCode(204).end();
      case Answer.No no -> visit.refuse(no.problem());
    }
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of ours can be written", e);
    }
  }

  private static byte[] bytes(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of ours can be written", e);
    }
  }
}
