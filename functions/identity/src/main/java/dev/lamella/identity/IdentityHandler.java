package dev.lamella.identity;

import dev.lamella.aws.Adapters;
import dev.lamella.aws.Environment;
import dev.lamella.gateway.Callers;
import dev.lamella.gateway.Gateway;
import dev.lamella.gateway.Route;
import dev.lamella.gateway.Router;
import java.util.List;
import java.util.Map;

/** The function {@code identity}: tokens, accounts and their secrets, the key that signs. */
public final class IdentityHandler extends Gateway {
  public IdentityHandler() {
    this(System.getenv());
  }

  /**
   * @throws IllegalArgumentException naming the variable that is missing or wrong
   */
  public IdentityHandler(Map<String, String> environment) {
    super(new Router(routes(new Adapters(new Environment(environment))), Callers.OPEN));
  }

  private static List<Route> routes(Adapters adapters) {
    return List.of();
  }
}
