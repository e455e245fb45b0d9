package dev.lamella.core.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final ChainState WRONG = ChainState.ofHex("0123456789abcdef".repeat(4));

  @Property(tries = 50)
  void ofLinks_theLinksOfAChain_proveItsDigest(@ForAll @IntRange(max = 1000) int size) {
    Chain chain = chain(size);

    assertThat(Verdict.ofLinks(chain.count(), links(chain), chain.digest()))
        .isEqualTo(new Verdict.Proven());
  }

  @Property(tries = 50)
  void ofLinks_oneStateBeforeChanged_namesItsShard(@ForAll @IntRange(max = 9) int index) {
    Chain chain = chain(10 * 64);
    List<Link> links = links(chain);
    links.set(index, new Link(WRONG, chain.after(index)));

    assertThat(Verdict.ofLinks(10, links, chain.digest()))
        .isEqualTo(
            new Verdict.Broken(
                index,
                "its link begins at " + WRONG + " where " + chain.before(index) + " is due"));
  }

  @Property(tries = 50)
  void ofLinks_oneStateAfterChanged_namesTheNextShard(@ForAll @IntRange(max = 8) int index) {
    Chain chain = chain(10 * 64);
    List<Link> links = links(chain);
    links.set(index, new Link(chain.before(index), WRONG));

    assertThat(Verdict.ofLinks(10, links, chain.digest()))
        .isEqualTo(
            new Verdict.Broken(
                index + 1,
                "its link begins at " + chain.after(index) + " where " + WRONG + " is due"));
  }

  @Property(tries = 50)
  void ofLinks_twoShardsSwapped_namesTheFirst(
      @ForAll @IntRange(max = 9) int one, @ForAll @IntRange(max = 9) int other) {
    Chain chain = chain(10 * 64);
    List<Link> links = links(chain);
    links.set(one, chain.link(other));
    links.set(other, chain.link(one));

    Verdict verdict = Verdict.ofLinks(10, links, chain.digest());

    if (one == other) {
      assertThat(verdict).isEqualTo(new Verdict.Proven());
    } else {
      assertThat(verdict)
          .isInstanceOfSatisfying(
              Verdict.Broken.class,
              broken -> assertThat(broken.index()).isEqualTo(Math.min(one, other)));
    }
  }

  @Test
  void ofLinks_anotherDigest_namesTheLastShard() {
    Chain chain = chain(200);

    assertThat(Verdict.ofLinks(4, links(chain), WRONG))
        .isEqualTo(
            new Verdict.Broken(
                3, "the chain ends at " + chain.digest() + ", the digest is " + WRONG));
  }

  @Test
  void ofLinks_oneTooFewOrTooMany_namesTheFirstInDispute() {
    Chain chain = chain(200);
    List<Link> links = links(chain);

    assertThat(Verdict.ofLinks(5, links, chain.digest()))
        .isEqualTo(new Verdict.Broken(4, "the layer has 5 shards, the chain 4 links"));
    assertThat(Verdict.ofLinks(3, links, chain.digest()))
        .isEqualTo(new Verdict.Broken(3, "the layer has 3 shards, the chain 4 links"));
    assertThat(Verdict.ofLinks(1, List.of(), chain.digest()))
        .isEqualTo(new Verdict.Broken(0, "the layer has 1 shard, the chain 0 links"));
  }

  @Test
  void ofLinks_noShards_refuses() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Verdict.ofLinks(0, List.of(), ChainState.INITIAL));
  }

  private static Chain chain(int size) {
    return Chain.of(ChainEngine.best(), Layers.ofSize(size), 64);
  }

  private static List<Link> links(Chain chain) {
    return new ArrayList<>(IntStream.range(0, chain.count()).mapToObj(chain::link).toList());
  }
}
