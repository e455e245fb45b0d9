package dev.lamella.contract;

import dev.lamella.aws.Adapters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The adapters of several actors, each of whom takes a step before each request to DynamoDB. */
final class SteppingAdapters implements AutoCloseable {
  private final AwsServices services;
  private final Map<String, String> store;
  private final List<SteppingFront> fronts = new ArrayList<>();
  private final List<Adapters> adapters = new ArrayList<>();

  SteppingAdapters(AwsServices services, Map<String, String> store) {
    this.services = services;
    this.store = store;
  }

  Adapters before(int actor, Runnable step) throws IOException {
    while (fronts.size() <= actor) {
      SteppingFront front = SteppingFront.before(services.dynamoDb());
      Map<String, String> variables = new HashMap<>(store);
      variables.put("AWS_ENDPOINT_URL_DYNAMODB", front.uri().toString());
      fronts.add(front);
      adapters.add(services.adapters(variables));
    }
    fronts.get(actor).step(step);
    return adapters.get(actor);
  }

  @Override
  public void close() {
    fronts.forEach(SteppingFront::close);
  }
}
