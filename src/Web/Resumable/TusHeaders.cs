using System.Globalization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Web.Http;
using Microsoft.Extensions.Primitives;

namespace ImageBackend.Web.Resumable;

/// <summary>Reads the headers of tus. Whatever is not as the protocol says is refused.</summary>
internal static class TusHeaders
{
    private const int MaxMetadataLength = 4096;

    /// <returns>The length of the file to be uploaded; null if the client will say it later.</returns>
    /// <exception cref="RefusedRequestException">It is malformed or missing.</exception>
    /// <exception cref="InvalidImageException">The file is empty or too large.</exception>
    public static long? LengthOf(HttpRequest request, UploadLimits limits)
    {
        StringValues deferred = request.Headers[Tus.DeferLength];
        if (deferred.Count > 0 && (deferred != "1" || request.Headers.ContainsKey(Tus.Length)))
        {
            throw BadLength($"{Tus.DeferLength} must be 1, without {Tus.Length}.");
        }

        return deferred.Count > 0 ? null : DeclaredLengthOf(request, limits) ?? throw BadLength($"Give {Tus.Length}, or '{Tus.DeferLength}: 1'.");
    }

    /// <returns>Null if the header is not there.</returns>
    /// <inheritdoc cref="LengthOf"/>
    public static long? DeclaredLengthOf(HttpRequest request, UploadLimits limits)
    {
        if (!request.Headers.TryGetValue(Tus.Length, out StringValues text))
        {
            return null;
        }

        if (!TryNumber(text, out decimal length))
        {
            throw BadLength($"{Tus.Length} is not a number of bytes.");
        }

        if (length == 0)
        {
            throw new InvalidImageException(InvalidImageException.EmptyFile, "The file is empty.");
        }

        return length <= limits.MaxBytes
            ? (long)length
            : throw new InvalidImageException(
                InvalidImageException.FileTooLarge,
                $"The file is larger than the limit of {limits.MaxBytes} bytes.",
                limits.MaxBytes,
                length <= long.MaxValue ? (long)length : null);
    }

    /// <exception cref="MalformedRequestException">It is malformed or missing.</exception>
    public static long OffsetOf(HttpRequest request) => TryNumber(request.Headers[Tus.Offset], out decimal offset) && offset <= long.MaxValue
        ? (long)offset
        : throw new MalformedRequestException($"{Tus.Offset} is missing, or is not a number of bytes.");

    /// <returns>As it was sent; null if there is none.</returns>
    /// <exception cref="RefusedRequestException">It is malformed.</exception>
    public static string? MetadataOf(HttpRequest request)
    {
        string text = request.Headers[Tus.Metadata].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        string[][] pairs = [.. text.Split(',').Select(pair => pair.Trim().Split(' '))];
        return text.Length <= MaxMetadataLength && pairs.All(IsPair) && pairs.DistinctBy(pair => pair[0]).Count() == pairs.Length
            ? text
            : throw new RefusedRequestException(
                400, "bad_metadata", $"{Tus.Metadata} is not a list of different names, each with a value in Base64, of {MaxMetadataLength} characters at most.");

        static bool IsPair(string[] pair) =>
            pair[0].Length > 0 && pair[0].All(letter => letter is > ' ' and <= '~') && (pair.Length == 1 || (pair.Length == 2 && Convert.TryFromBase64String(pair[1], new byte[pair[1].Length], out _)));
    }

    /// <exception cref="RefusedRequestException">It is of another type.</exception>
    public static void RequirePartType(HttpRequest request)
    {
        if (request.ContentType != Tus.PartType)
        {
            throw new RefusedRequestException(415, "unsupported_content_type", $"Send 'Content-Type: {Tus.PartType}'.");
        }
    }

    public static RefusedRequestException BadLength(string detail) => new(400, "bad_length", detail);

    // A decimal has 28 digits: a number that is absurd, but a number, is too large.
    private static bool TryNumber(StringValues text, out decimal number) =>
        decimal.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
