import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.util.Base64;

/**
 * Java's own HTTP client with its defaults: it prefers HTTP/2, so on plain HTTP each new client offers h2c.
 *
 * <p>{@code java StampedRequests.java PUBLIC_KEY PRIVATE_KEY [URL BODY]...} posts each body, stamped with the P-256 key
 * (hex), by a client of its own, and prints a line for each reply: protocol, status, body.
 */
public class StampedRequests {
    public static void main(String[] arguments) throws Exception {
        for (int at = 2; at < arguments.length; at += 2) {
            String body = arguments[at + 1];
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(arguments[at]))
                            .header("Content-Type", "application/json")
                            .header("X-Stamp", stamp(arguments[0], privateKey(arguments[1]), body))
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            HttpResponse<String> reply =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(reply.version() + " " + reply.statusCode() + " " + reply.body());
        }
    }

    private static String stamp(String publicKey, PrivateKey key, String body) throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(body.getBytes(StandardCharsets.UTF_8));
        String der = new BigInteger(1, signature.sign()).toString(16);
        String json =
                String.format(
                        "{\"publicKey\":\"%s\",\"scheme\":\"SIGNATURE_SCHEME_TK_API_P256\",\"signature\":\"%s\"}",
                        publicKey, der);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static PrivateKey privateKey(String hex) throws Exception {
        AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
        curve.init(new ECGenParameterSpec("secp256r1"));
        ECParameterSpec parameters = curve.getParameterSpec(ECParameterSpec.class);
        return KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(new BigInteger(hex, 16), parameters));
    }
}
