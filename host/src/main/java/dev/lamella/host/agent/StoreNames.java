package dev.lamella.host.agent;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Has clients come back to the agent where an answer names the store. */
final class StoreNames {
  private static final Pattern REALM = Pattern.compile("(?<=realm=\")[^\"]*");
  private static final Pattern LINK = Pattern.compile("(?<=<)[^>]*(?=>)");

  private final URI store;
  private final String prefix;

  StoreNames(URI store) {
    this.store = store;
    this.prefix = Optional.ofNullable(store.getRawPath()).orElse("").replaceAll("/+$", "");
  }

  /** The header that the store sent: a REST API of API Gateway renames one. */
  static String meant(String header) {
    return header.equalsIgnoreCase("x-amzn-remapped-www-authenticate")
        ? "WWW-Authenticate"
        : header;
  }

  URI store() {
    return store;
  }

  /**
   * Where the store has what a client asks the agent for.
   *
   * @throws IllegalArgumentException where that is no URI
   */
  URI upstream(String path, Optional<String> rawQuery) {
    return URI.create(
        store.getScheme()
            + "://"
            + store.getRawAuthority()
            + prefix
            + path
            + rawQuery.map(query -> "?" + query).orElse(""));
  }

  /**
   * A challenge always names the agent: wherever it sends, what a client signs in with goes to the
   * store's own {@code /token}, through the agent, and nowhere else.
   *
   * @param header that has the value
   * @param origin where the client reaches the agent, such as {@code http://127.0.0.1:5001}
   */
  String renamed(String header, String value, String origin) {
    return switch (header.toLowerCase(Locale.ROOT)) {
      case "location" -> renamed(value, origin);
      case "www-authenticate" ->
          REALM.matcher(value).replaceAll(Matcher.quoteReplacement(origin + "/token"));
      case "link" -> renamed(LINK, value, origin);
      default -> value;
    };
  }

  private String renamed(Pattern where, String value, String origin) {
    return where
        .matcher(value)
        .replaceAll(
            (MatchResult found) -> Matcher.quoteReplacement(renamed(found.group(), origin)));
  }

  /** What names another host stays. */
  private String renamed(String text, String origin) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException _) {
      return text;
    }
    if (uri.isOpaque()) {
      return text;
    }
    boolean isRelative = uri.getHost() == null && uri.getScheme() == null;
    if (isRelative && text.startsWith("/")) {
      return withoutPrefix(text);
    }
    // What is beside the store, and not below it, is not reached through the agent.
    if (!isStore(uri) || !uri.getRawPath().startsWith(prefix + "/")) {
      return text;
    }
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return origin + withoutPrefix(uri.getRawPath() + query);
  }

  private String withoutPrefix(String path) {
    return !prefix.isEmpty() && path.startsWith(prefix + "/")
        ? path.substring(prefix.length())
        : path;
  }

  boolean isStore(URI uri) {
    return uri.getHost() != null
        && store.getScheme().equalsIgnoreCase(uri.getScheme())
        && store.getHost().equalsIgnoreCase(uri.getHost())
        && port(store) == port(uri);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }
}
