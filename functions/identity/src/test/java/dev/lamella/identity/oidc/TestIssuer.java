package dev.lamella.identity.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.lamella.core.access.ClaimCondition;
import dev.lamella.core.access.TrustRule;
import dev.lamella.core.api.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An issuer with one key, its documents, and its tokens. */
final class TestIssuer implements IssuerKeys.Documents {
  static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  static final String AUDIENCE = "store.example";
  static final RSAKey KEY = key("first");
  static final RSAKey OTHER = key("other");

  final Map<URI, byte[]> documents = new LinkedHashMap<>();
  final List<URI> got = new ArrayList<>();
  final String url;

  TestIssuer(String url) {
    this.url = url;
    at("/.well-known/openid-configuration", Map.of("issuer", url, "jwks_uri", url + "/keys"));
    keys(KEY);
  }

  static RSAKey key(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  void keys(RSAKey... keys) {
    at("/keys", new JWKSet(List.of(keys)).toJSONObject());
  }

  void at(String path, Object document) {
    documents.put(URI.create(url + path), Json.write(document));
  }

  TrustRule.Oidc rule() {
    return new TrustRule.Oidc(
        url, AUDIENCE, List.of(new ClaimCondition("sub", "repo:org/*")), Optional.empty());
  }

  /** What a good token says; times are those of now. */
  Map<String, Object> claims() {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", url);
    claims.put("aud", AUDIENCE);
    claims.put("sub", "repo:org/app:ref:refs/heads/main");
    claims.put("iat", NOW.getEpochSecond());
    claims.put("exp", NOW.getEpochSecond() + 300);
    return claims;
  }

  String token() {
    return token(claims());
  }

  static String token(Map<String, Object> claims) {
    return token(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(KEY.getKeyID()).build(), claims);
  }

  static String token(JWSHeader header, Map<String, Object> claims) {
    return token(header, claims, KEY);
  }

  static String token(JWSHeader header, Map<String, Object> claims, RSAKey key) {
    try {
      JWSObject token =
          new JWSObject(
              header, new Payload(new String(Json.write(claims), StandardCharsets.UTF_8)));
      token.sign(new RSASSASigner(key));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public synchronized byte[] get(URI at) throws IOException {
    got.add(at);
    byte[] document = documents.get(at);
    if (document == null) {
      throw new IOException("404");
    }
    return document;
  }
}
