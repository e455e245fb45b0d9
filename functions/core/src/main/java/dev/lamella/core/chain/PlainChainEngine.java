package dev.lamella.core.chain;

final class PlainChainEngine implements ChainEngine {
  static final PlainChainEngine INSTANCE = new PlainChainEngine();

  private PlainChainEngine() {}

  @Override
  public String name() {
    return "plain";
  }

  @Override
  public ChainHash resume(ChainState from, long bytesBefore) {
    ChainEngine.requireBlocks(bytesBefore);
    return new ChainHash(new PlainSha256(from, bytesBefore), bytesBefore);
  }
}
