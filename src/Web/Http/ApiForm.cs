using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace ImageBackend.Web.Http;

/// <summary>The fields of a call to a protected route, from an urlencoded or a multipart body. The query string is not asked.</summary>
internal sealed class ApiForm
{
    /// <summary>Of a body: some 30,000 names.</summary>
    public const int MaxBytes = 1_000_000;

    private static readonly FormOptions Options = new()
    {
        ValueCountLimit = MaxBytes,
        ValueLengthLimit = MaxBytes,
        MemoryBufferThreshold = MaxBytes, // a file part, which nobody should send here, touches no disk
        MultipartBodyLengthLimit = MaxBytes,
    };

    private readonly IFormCollection _fields;

    private ApiForm(IFormCollection fields) => _fields = fields;

    /// <returns>Empty when the body is of another kind, or there is none.</returns>
    /// <exception cref="BadHttpRequestException">The body is malformed, too large or too slow.</exception>
    public static async Task<ApiForm> ReadAsync(HttpContext context)
    {
        try
        {
            FormFeature feature = new(context.Request, Options);
            return new ApiForm(feature.HasFormContentType ? await feature.ReadFormAsync(context.RequestAborted) : FormCollection.Empty);
        }
        catch (InvalidDataException exception)
        {
            throw new MalformedRequestException("The form is malformed.", exception);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            throw new MalformedRequestException("The form is cut off.", exception);
        }
    }

    /// <returns>Every value of a field, in order.</returns>
    public StringValues Values(string name) => _fields[name];

    /// <exception cref="BadHttpRequestException">The field is given more than once.</exception>
    public string? Single(string name)
    {
        StringValues values = Values(name);
        return values.Count <= 1 ? values : throw new MalformedRequestException($"The field '{name}' is given {values.Count} times; give it once.");
    }
}
