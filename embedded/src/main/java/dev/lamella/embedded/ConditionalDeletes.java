package dev.lamella.embedded;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Makes a DELETE with {@code If-Match} one step, as it is in S3: s3proxy looks at the object, and
 * then removes whatever is there. So it is told again, where it removes, what the request named; it
 * works on a request in the thread that the request came in.
 */
final class ConditionalDeletes extends HttpFilter {
  private static final long serialVersionUID = 1;

  private final transient LinkedParts store;

  ConditionalDeletes(LinkedParts store) {
    this.store = store;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String tag = request.getHeader("If-Match");
    if (!request.getMethod().equals("DELETE") || tag == null) {
      chain.doFilter(request, response);
      return;
    }
    store.removable().set(tag);
    try {
      chain.doFilter(request, response);
    } finally {
      store.removable().remove();
    }
  }
}
