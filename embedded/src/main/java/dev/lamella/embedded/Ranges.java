package dev.lamella.embedded;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives s3proxy a request's Range as S3 would take it: without it where {@code If-Range} is false,
 * and with positions that it can count with. An answer 416 gets the object's size.
 *
 * <p>s3proxy reads the header by {@code getHeader} when it has found the signature right, which it
 * computes from {@code getHeaders}: so signatures hold, and who has none learns nothing.
 */
final class Ranges extends HttpFilter {
  private static final long serialVersionUID = 1;

  private final transient LinkedParts store;

  Ranges(LinkedParts store) {
    this.store = store;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getMethod().equals("GET") && request.getHeader("Range") != null) {
      chain.doFilter(new Ranged(request), new Sized(request, response));
    } else {
      chain.doFilter(request, response);
    }
  }

  private Optional<ObjectHead> object(HttpServletRequest request) {
    // As s3proxy takes it apart.
    String[] path = request.getRequestURI().split("/", 3);
    return path.length < 3 ? Optional.empty() : store.head(path[1], decoded(path[2]));
  }

  private static String decoded(String key) {
    // A plus sign in a path is one.
    return URLDecoder.decode(key.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private final class Ranged extends HttpServletRequestWrapper {
    private final HttpServletRequest request;

    Ranged(HttpServletRequest request) {
      super(request);
      this.request = request;
    }

    @Override
    public @Nullable String getHeader(String name) {
      String value = request.getHeader(name);
      return name.equalsIgnoreCase("Range") && value != null ? range(value) : value;
    }

    private @Nullable String range(String value) {
      String condition = request.getHeader("If-Range");
      if (condition != null
          && object(request).filter(object -> RangeHeaders.holds(condition, object)).isEmpty()) {
        return null;
      }
      return RangeHeaders.countable(value).orElse(null);
    }
  }

  private final class Sized extends HttpServletResponseWrapper {
    private final HttpServletRequest request;

    Sized(HttpServletRequest request, HttpServletResponse response) {
      super(response);
      this.request = request;
    }

    @Override
    public void setStatus(int status) {
      super.setStatus(status);
      if (status == SC_REQUESTED_RANGE_NOT_SATISFIABLE) {
        object(request)
            .ifPresent(object -> setHeader("Content-Range", "bytes */" + object.length()));
      }
    }
  }
}
