package dev.lamella.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A worker: does what its payload's `do` says, and tells which instance did it. */
public final class WorkHandler implements RequestStreamHandler {
  private static final AtomicInteger INSTANCES = new AtomicInteger();

  private final int instance = INSTANCES.incrementAndGet();
  private int served;

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    JsonNode payload = new JsonMapper().readTree(in);
    served++;
    String source = payload.path("source").asString("");
    if (!source.isEmpty()) {
      context.getLogger().log(source + " " + payload.path("detail-type").asString(""));
    }
    switch (payload.path("do").asString("")) {
      case "note" -> context.getLogger().log("noted");
      case "throw" -> throw new IOException("cannot work");
      case "sleep" -> sleep();
      case "large" -> out.write(new byte[7 << 20]);
      default ->
          out.write(
              "{\"instance\":%d,\"served\":%d,\"remaining\":%d,\"request\":\"%s\"}"
                  .formatted(
                      instance,
                      served,
                      context.getRemainingTimeInMillis(),
                      context.getAwsRequestId())
                  .getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(60_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
