package dev.lamella.host.store;

import dev.lamella.core.Descriptor;
import dev.lamella.core.Digest;
import dev.lamella.core.Refusal;
import dev.lamella.core.RepositoryName;
import dev.lamella.core.api.Json;
import dev.lamella.host.outcome.ExitCode;
import dev.lamella.host.outcome.HostFailure;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a store lists of the manifests of an image, in pages, as OCI Distribution 1.1 has them: the
 * next one is where {@code Link} says. A list is read no further than was asked for, and one that
 * does not end is refused.
 */
public final class AboutManifests {
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;\\s*rel=\"?next\"?.*");

  /** Pages of 4 MiB: twice what is ever read of a list. */
  private static final int MOST_PAGES = 64;

  private final Api api;

  AboutManifests(Api api) {
    this.api = api;
  }

  /**
   * What refers to a manifest by its subject, or empty where the store has no such list at all.
   *
   * @param most where there are more, one more than these is in the list
   */
  public Optional<List<Descriptor>> referrers(RepositoryName image, Digest subject, int most) {
    Map<Digest, Descriptor> found = new LinkedHashMap<>();
    String action = "list what refers to " + image + "@" + subject;
    String path = "/v2/" + image + "/referrers/" + subject;
    Map<String, String> query = Map.of();
    for (int pages = 1; ; pages++) {
      Optional<Page<Index>> page = page(action, path, query, Index.class);
      if (page.isEmpty()) {
        return found.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(found.values()));
      }
      int before = found.size();
      page.get().list().manifests().stream()
          .takeWhile(_ -> found.size() <= most)
          .forEach(entry -> found.putIfAbsent(entry.digest(), entry));
      query = page.get().next();
      if (query.isEmpty() || found.size() > most) {
        return Optional.of(List.copyOf(found.values()));
      }
      if (found.size() == before || pages == MOST_PAGES) {
        throw new HostFailure(
            ExitCode.REFUSED, "the store's list of what refers to " + subject + " does not end");
      }
    }
  }

  /**
   * Tags of an image in lexical order.
   *
   * @param after a text that those after it are wanted of
   * @param most so many, at most; the store may give fewer
   */
  public List<String> tags(RepositoryName image, String after, int most) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("n", Integer.toString(most));
    query.put("last", after);
    String path = "/v2/" + image + "/tags/list";
    return page("list the tags of " + image, path, query, Tags.class).stream()
        .flatMap(page -> page.list().tags().stream())
        .limit(most)
        .toList();
  }

  private record Index(List<Descriptor> manifests) {}

  private record Tags(List<String> tags) {}

  /**
   * @param next the query of the page after it; empty where there is none
   */
  private record Page<T>(T list, Map<String, String> next) {}

  /** Nothing of the URL that the store gives counts but its query: a list stays at its place. */
  private <T> Optional<Page<T>> page(
      String action, String path, Map<String, String> query, Class<T> type) {
    try {
      HttpAnswer answer = api.call(action, Exchange.of("GET", api.uri(path, query)));
      return Optional.of(new Page<>(Json.read(answer.body(), type), next(answer)));
    } catch (StoreRefusal e) {
      if (e.status() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    } catch (Refusal | IllegalArgumentException e) {
      throw new HostFailure(ExitCode.REFUSED, "cannot %s: %s".formatted(action, e.getMessage()), e);
    }
  }

  private static Map<String, String> next(HttpAnswer answer) {
    Map<String, String> query = new LinkedHashMap<>();
    Matcher link = NEXT.matcher(answer.header("link").orElse(""));
    if (link.matches()) {
      String raw = Optional.ofNullable(URI.create(link.group(1)).getRawQuery()).orElse("");
      for (String field : raw.split("&", -1)) {
        String[] parts = field.split("=", 2);
        query.put(
            parts[0], URLDecoder.decode(parts.length > 1 ? parts[1] : "", StandardCharsets.UTF_8));
      }
    }
    return query;
  }
}
