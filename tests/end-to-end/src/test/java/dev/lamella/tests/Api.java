package dev.lamella.tests;

import dev.lamella.auditor.AuditorHandler;
import dev.lamella.coordinator.UploadCoordinatorHandler;
import dev.lamella.core.ErrorCode;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.access.Access;
import dev.lamella.core.access.Action;
import dev.lamella.core.access.Caller;
import dev.lamella.core.api.ErrorAnswer;
import dev.lamella.core.api.Json;
import dev.lamella.gateway.Answer;
import dev.lamella.gateway.Call;
import dev.lamella.gateway.Route;
import dev.lamella.gateway.Router;
import dev.lamella.identity.IdentityHandler;
import dev.lamella.metadata.MetadataHandler;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** All sides of the API, without what stands before them: each call says who asks. */
record Api(List<Route> reads, List<Route> writes, List<Route> identity, List<Route> audit) {
  private static final Pattern OF_IDENTITY = Pattern.compile("/(token|v1/(accounts?|keys)(/.*)?)");

  static Api of(Map<String, String> reads, Map<String, String> writes) {
    return new Api(
        MetadataHandler.routes(reads),
        UploadCoordinatorHandler.routes(writes, InstantSource.system()),
        List.of(),
        List.of());
  }

  Api withIdentity(Map<String, String> environment) {
    return new Api(
        reads, writes, IdentityHandler.routes(environment, InstantSource.system()), audit);
  }

  Api withAudit(Map<String, String> environment) {
    return new Api(
        reads, writes, identity, AuditorHandler.routes(environment, InstantSource.system()));
  }

  /** Whose token allows that on the repositories, and nothing else. */
  static Caller caller(Set<Action> actions, String... repositories) {
    Map<RepositoryName, Set<Action>> all = new HashMap<>();
    for (String repository : repositories) {
      all.put(new RepositoryName(repository), actions);
    }
    return new Caller("ci", new Access(all, List.of(), false));
  }

  /**
   * @param headers names and values
   * @throws Refusal as the API answers it
   */
  Answer call(Caller caller, String method, String target, byte[] body, String... headers) {
    URI uri = URI.create(target);
    Map<String, List<String>> query = new HashMap<>();
    if (uri.getRawQuery() != null) {
      for (String pair : uri.getRawQuery().split("&", -1)) {
        String[] both = pair.split("=", 2);
        query.put(both[0], List.of(URLDecoder.decode(both[1], StandardCharsets.UTF_8)));
      }
    }
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      all.put(headers[i], headers[i + 1]);
    }
    boolean isRead = method.equals("GET") || method.equals("HEAD");
    List<Route> side =
        OF_IDENTITY.matcher(uri.getPath()).matches()
            ? identity
            : isRead ? uri.getPath().equals("/v1/audit") ? audit : reads : writes;
    Answer answer =
        new Router(side, _ -> caller)
            .answer(new Call(method, uri.getPath(), List.of(), "", query, all, () -> body, caller));
    if (answer.status() >= 400) {
      ErrorAnswer.Entry error = Json.read(answer.body(), ErrorAnswer.class).errors().getFirst();
      throw new Refusal(ErrorCode.valueOf(error.code()), error.message(), error.detail());
    }
    return answer;
  }

  /** What it is refused with, or else its status. */
  String outcome(Caller caller, String method, String target, byte[] body, String... headers) {
    try {
      return Integer.toString(call(caller, method, target, body, headers).status());
    } catch (Refusal e) {
      return e.code().name();
    }
  }
}
