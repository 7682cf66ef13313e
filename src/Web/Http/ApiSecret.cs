using System.Security.Cryptography;
using System.Text;

namespace ImageBackend.Web.Http;

/// <summary>The secret that a caller of the protected routes must know.</summary>
internal sealed class ApiSecret(string text, string? previous = null)
{
    private readonly byte[] _hash = HashOf(text);
    private readonly byte[] _previous = HashOf(previous ?? text);

    /// <summary>Whether it was generated at start because none was set. Only such a secret may be shown.</summary>
    public bool IsDrawn { get; private init; }

    public string Text => IsDrawn ? text : throw new InvalidOperationException("A secret that was set is never shown.");

    public static ApiSecret Draw() => new(RandomNumberGenerator.GetHexString(32, lowercase: true)) { IsDrawn = true };

    // Hashes, so that the time reveals neither length nor content.
    public bool Matches(string candidate)
    {
        byte[] given = HashOf(candidate);
        return CryptographicOperations.FixedTimeEquals(_hash, given) | CryptographicOperations.FixedTimeEquals(_previous, given);
    }

    private static byte[] HashOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
