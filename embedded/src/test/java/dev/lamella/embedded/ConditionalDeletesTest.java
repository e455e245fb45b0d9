package dev.lamella.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionalDeletesTest {
  private final ConditionalDeletes filter = new ConditionalDeletes();

  /** The second comes while the first is under way: it is let in, or waits. */
  @ParameterizedTest
  @CsvSource({"DELETE, tag, false", "DELETE, , true", "PUT, , true", "GET, tag, true"})
  void second_whileTheFirstIsUnderWay_waitsOnlyWhereItIsConditional(
      String method, @Nullable String ifMatch, boolean isLetIn) throws Exception {
    AtomicBoolean isIn = new AtomicBoolean();
    AtomicBoolean wasIn = new AtomicBoolean();
    Thread second = new Thread(() -> pass(method, ifMatch, (_, _) -> isIn.set(true)));

    pass(
        "DELETE",
        "tag",
        (_, _) -> {
          second.start();
          while (second.isAlive() && second.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
          wasIn.set(isIn.get());
        });
    second.join();

    assertThat(wasIn.get()).isEqualTo(isLetIn);
    assertThat(isIn.get()).isTrue();
  }

  private void pass(String method, @Nullable String ifMatch, FilterChain chain) {
    HttpServletRequest request =
        fake(
            HttpServletRequest.class,
            name -> name.equals("getMethod") ? method : name.equals("getHeader") ? ifMatch : null);
    try {
      filter.doFilter(request, fake(HttpServletResponse.class, _ -> null), chain);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** What a method of that name answers. */
  private interface Answers {
    @Nullable Object of(String method);
  }

  private static <T> T fake(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            Objects.requireNonNull(type.getClassLoader()),
            new Class<?>[] {type},
            (_, method, _) -> answers.of(method.getName())));
  }
}
