package dev.lamella.contract;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** DynamoDB as one actor of several sees it, who takes a step before each request. */
final class SteppingFront extends DynamoDbFront {
  private volatile Runnable step = () -> {};

  private SteppingFront(URI target) throws IOException {
    super(target);
  }

  static SteppingFront before(URI target) throws IOException {
    SteppingFront front = new SteppingFront(target);
    front.start();
    return front;
  }

  void step(Runnable next) {
    step = next;
  }

  @Override
  Optional<String> refusal(String operation, byte[] body) {
    step.run();
    return Optional.empty();
  }
}
