using System.Text.RegularExpressions;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Files;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ImageBackend.Web.Http;

/// <summary>
/// The one file of a multipart form, read straight from the socket. Its end is reported only when the whole form has been read and
/// holds no second file, so a caller that reads it to its end knows that the form is valid.
/// </summary>
internal sealed partial class UploadedFile : AsyncReadStream
{
    private const string FieldName = "file";

    // The reader hands out at most a buffer at a time: with its own 4 kB, a photo of 3 MB would be eight hundred. Each upload under way holds one.
    private const int BufferBytes = 16 * 1024;
    private const int MaxParts = 100;

    private readonly MultipartReader _form;
    private Stream? _content;
    private int _parts;

    private UploadedFile(MultipartReader form) => _form = form;

    /// <summary>Reads up to the beginning of the file.</summary>
    /// <returns>The caller disposes it.</returns>
    /// <exception cref="InvalidImageException">There is no file.</exception>
    /// <exception cref="BadHttpRequestException">The form is malformed, too large or too slow.</exception>
    public static async Task<UploadedFile> OpenAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        string boundary = MultipartType.BoundaryOf(request.ContentType)
            ?? throw new InvalidImageException(InvalidImageException.NoFile, "Send the photo as multipart/form-data, in a part named 'file'.");
        UploadedFile file = new(new MultipartReader(boundary, request.Body, BufferBytes));
        file._content = await file.NextFileAsync(cancellationToken)
            ?? throw new InvalidImageException(InvalidImageException.NoFile, "The form has no part named 'file'.");
        return file;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_content is null)
        {
            return 0;
        }

        int read = await TranslateAsync(() => _content.ReadAsync(buffer, cancellationToken));
        if (read == 0 && buffer.Length > 0)
        {
            _content = null;
            if (await NextFileAsync(cancellationToken) is not null)
            {
                throw new InvalidImageException(InvalidImageException.SeveralFiles, "The form has several parts named 'file'; send one photo at a time.");
            }
        }

        return read;
    }

    private async Task<Stream?> NextFileAsync(CancellationToken cancellationToken)
    {
        // The reader itself skips what is left of a part that is not a file.
        while (await TranslateAsync(async () => await _form.ReadNextSectionAsync(cancellationToken)) is { } section)
        {
            if (++_parts > MaxParts)
            {
                throw new MalformedRequestException($"The form has more than {MaxParts} parts.");
            }

            (string? name, bool hasFileName) = Read(section.ContentDisposition ?? "");
            if (name != FieldName)
            {
                continue;
            }

            if (hasFileName)
            {
                return section.Body;
            }

            throw new InvalidImageException(InvalidImageException.NoFile, "The part 'file' is a text, not a file: it has no filename.");
        }

        return null;
    }

    // The file's name itself is never used: the bytes decide, and the photo gets a new name. So a name with unescaped quotes does no harm.
    private static (string? Name, bool HasFileName) Read(string disposition) =>
        ContentDispositionHeaderValue.TryParse(disposition, out ContentDispositionHeaderValue? parsed)
            ? (HeaderUtilities.RemoveQuotes(parsed.Name).Value, parsed.FileName.HasValue || parsed.FileNameStar.HasValue)
            : (NameGrammar().Match(disposition) is { Success: true } match ? match.Groups["name"].Value : null, FileNameGrammar().IsMatch(disposition));

    [GeneratedRegex(""";\s*name\s*=\s*(?:"(?<name>[^"]*)"|(?<name>[^";\s]+))""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex NameGrammar();

    [GeneratedRegex(""";\s*filename\*?\s*=""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex FileNameGrammar();

    private static async ValueTask<T> TranslateAsync<T>(Func<ValueTask<T>> read)
    {
        try
        {
            return await read();
        }
        catch (BadHttpRequestException)
        {
            throw; // the server's own: too large, too slow
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw new MalformedRequestException("The multipart form is malformed or cut off.", exception);
        }
    }
}
