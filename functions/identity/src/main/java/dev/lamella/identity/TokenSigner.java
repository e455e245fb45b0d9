package dev.lamella.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.SignedJWT;
import dev.lamella.core.access.TokenClaims;
import dev.lamella.core.identity.IssueToken;
import dev.lamella.core.identity.SigningKey;
import dev.lamella.gateway.token.TokenForm;

/** Signs tokens as {@link dev.lamella.gateway.token.TokenCheck} checks them. */
final class TokenSigner implements IssueToken.Signer {
  private final String service;

  TokenSigner(String service) {
    this.service = service;
  }

  @Override
  public String sign(TokenClaims claims, SigningKey key) {
    JWSHeader header =
        new JWSHeader.Builder(TokenForm.ALGORITHM).type(JOSEObjectType.JWT).keyID(key.id()).build();
    SignedJWT token = new SignedJWT(header, TokenForm.write(claims, service));
    try {
      token.sign(new RSASSASigner(key.key()));
    } catch (JOSEException e) {
      throw new IllegalStateException("cannot sign with " + key, e);
    }
    return token.serialize();
  }
}
