using System.Text;

namespace ImageBackend.Web.Http;

/// <summary>Content types of multipart forms as clients write them: JavaMail and others leave a boundary with <c>=</c>, <c>/</c> or <c>:</c> without quotes.</summary>
internal static class MultipartType
{
    private const string MediaType = "multipart/form-data";
    private const int MaxBoundaryLength = 200; // RFC 2046 allows 70

    /// <returns>The boundary of a multipart form; null when it is another kind of body.</returns>
    /// <exception cref="BadHttpRequestException">It has no usable boundary.</exception>
    public static string? BoundaryOf(string? contentType)
    {
        if (contentType is null || !contentType.Split(';', 2)[0].Trim().Equals(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string boundary = ValueOf("boundary", contentType) ?? "";
        if (boundary.Length is 0 or > MaxBoundaryLength)
        {
            throw new MalformedRequestException($"The multipart form has no usable boundary: give one of 1 to {MaxBoundaryLength} characters in its Content-Type.");
        }

        if (boundary.Any(letter => letter is '"' or '\\' || !char.IsAscii(letter) || char.IsControl(letter)))
        {
            throw new MalformedRequestException($"The boundary of the multipart form, '{boundary}', contains a quote, a backslash or a non-ASCII character.");
        }

        return boundary;
    }

    /// <returns>The same content type with its boundary in quotes, as libraries expect it.</returns>
    public static string WithBoundary(string boundary) => $"{MediaType}; boundary=\"{boundary}\"";

    // Without a parser of the standard, which refuses anything else: a value ends at a semicolon outside quotes.
    private static string? ValueOf(string name, string contentType)
    {
        foreach (string parameter in Parts(contentType).Skip(1))
        {
            string[] pair = parameter.Split('=', 2);
            if (pair.Length == 2 && pair[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                string value = pair[1].Trim();
                return value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? Unescape(value[1..^1]) : value;
            }
        }

        return null;
    }

    private static IEnumerable<string> Parts(string text)
    {
        int start = 0;
        bool isQuoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && isQuoted)
            {
                i++;
            }
            else if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (text[i] == ';' && !isQuoted)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        yield return text[start..];
    }

    private static string Unescape(string quoted)
    {
        StringBuilder text = new();
        for (int i = 0; i < quoted.Length; i++)
        {
            i += quoted[i] == '\\' && i + 1 < quoted.Length ? 1 : 0;
            text.Append(quoted[i]);
        }

        return text.ToString();
    }
}
