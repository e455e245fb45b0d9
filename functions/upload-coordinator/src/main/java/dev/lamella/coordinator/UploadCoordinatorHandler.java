package dev.lamella.coordinator;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import dev.lamella.gateway.Callers;
import dev.lamella.gateway.Gateway;
import dev.lamella.gateway.Router;
import java.time.InstantSource;
import java.util.Map;

/**
 * The function {@code upload-coordinator}: the write side. Of layers, only small chunks of the OCI
 * API pass through it.
 */
public final class UploadCoordinatorHandler
    implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  private final Gateway gateway;

  public UploadCoordinatorHandler() {
    this(System.getenv(), InstantSource.system());
  }

  /**
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public UploadCoordinatorHandler(Map<String, String> environment, InstantSource clock) {
    gateway = new Gateway(new Router(Wiring.routes(environment, clock), Callers.OPEN));
  }

  @Override
  public APIGatewayProxyResponseEvent handleRequest(
      APIGatewayProxyRequestEvent event, Context context) {
    return gateway.handle(event, context);
  }
}
