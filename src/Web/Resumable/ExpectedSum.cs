using System.Security.Cryptography;
using ImageBackend.Web.Http;

namespace ImageBackend.Web.Resumable;

/// <summary>The checksum that a client gave for one part.</summary>
internal sealed class ExpectedSum : IDisposable
{
    private readonly byte[] _expected;

    private ExpectedSum(IncrementalHash actual, byte[] expected) => (Actual, _expected) = (actual, expected);

    /// <summary>To be given all of the part.</summary>
    public IncrementalHash Actual { get; }

    /// <returns>Null if the client gave none; the caller disposes it.</returns>
    /// <exception cref="RefusedRequestException">It is malformed, or of an algorithm that is not known.</exception>
    public static ExpectedSum? Of(HttpRequest request)
    {
        string text = request.Headers[Tus.Checksum].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        string[] words = text.Split(' ');
        HashAlgorithmName? name = words[0] switch
        {
            "sha1" => HashAlgorithmName.SHA1,
            "sha256" => HashAlgorithmName.SHA256,
            "md5" => HashAlgorithmName.MD5,
            _ => null,
        };
        byte[] expected = new byte[text.Length];
        if (name is not { } known || words.Length != 2 || !Convert.TryFromBase64String(words[1], expected, out int length))
        {
            throw Bad();
        }

        IncrementalHash actual = IncrementalHash.CreateHash(known);
        if (actual.HashLengthInBytes == length)
        {
            return new ExpectedSum(actual, expected[..length]);
        }

        actual.Dispose();
        throw Bad();

        static RefusedRequestException Bad() => new(400, "bad_checksum", $"{Tus.Checksum} is not one of {Tus.ChecksumAlgorithms}, a space and the sum in Base64.");
    }

    /// <summary>Whether the part is what was expected; to be called once, at its end.</summary>
    public bool IsMet() => Actual.GetHashAndReset().AsSpan().SequenceEqual(_expected);

    public void Dispose() => Actual.Dispose();
}
