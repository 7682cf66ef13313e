using System.Security.Cryptography;
using System.Text;

namespace ImageBackend.Infrastructure.Fleet;

/// <summary>What machines that share a run must agree in, so that it doesn't matter which of them makes an image.</summary>
/// <param name="Facts">By names that tell people which settings are meant. No value is a secret.</param>
public sealed record SharedSettings(IReadOnlyDictionary<string, string> Facts)
{
    /// <summary>The name of the fact that tells where images are kept.</summary>
    public const string Storages = "the storages";

    /// <returns>A fingerprint of all facts: 16 hexadecimal digits.</returns>
    public string Hash => HashOf(string.Join('\n', Facts.OrderBy(fact => fact.Key, StringComparer.Ordinal).Select(fact => $"{fact.Key}={fact.Value}")));

    /// <summary>A fingerprint of where images are kept.</summary>
    public string Place => HashOf(Facts[Storages]);

    /// <returns>What differs here from a run's settings, for people; empty if nothing does.</returns>
    public string DifferenceFrom(SharedSettings run) => string.Join("; ", Facts.Keys.Union(run.Facts.Keys).Order(StringComparer.Ordinal)
        .Where(name => Facts.GetValueOrDefault(name) != run.Facts.GetValueOrDefault(name))
        .Select(name => $"{name}: {Facts.GetValueOrDefault(name) ?? "not set"} here, {run.Facts.GetValueOrDefault(name) ?? "not set"} in the run"));

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 8);
}
