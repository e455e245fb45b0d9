package dev.lamella.coordinator;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.gateway.Gateway;
import dev.lamella.gateway.Route;
import dev.lamella.gateway.Router;
import dev.lamella.gateway.token.TokenCallers;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * The function {@code upload-coordinator}: the write side. Of layers, only small chunks of the OCI
 * API pass through it.
 */
public final class UploadCoordinatorHandler extends Gateway {
  public UploadCoordinatorHandler() {
    this(System.getenv(), InstantSource.system());
  }

  /**
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public UploadCoordinatorHandler(Map<String, String> environment, InstantSource clock) {
    this(new Environment(environment), clock);
  }

  private UploadCoordinatorHandler(Environment environment, InstantSource clock) {
    this(environment, new Adapters(environment), clock);
  }

  private UploadCoordinatorHandler(
      Environment environment, Adapters adapters, InstantSource clock) {
    super(
        new Router(
            Wiring.routes(environment, adapters, clock),
            TokenCallers.where(
                environment.required("SIGN_IN"),
                environment.required("SERVICE"),
                adapters.trust(),
                clock)));
  }

  /**
   * What it answers.
   *
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public static List<Route> routes(Map<String, String> variables, InstantSource clock) {
    Environment environment = new Environment(variables);
    return Wiring.routes(environment, new Adapters(environment), clock);
  }
}
