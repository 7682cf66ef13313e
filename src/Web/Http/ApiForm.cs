using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ImageBackend.Web.Http;

/// <summary>The fields of a call to a protected route, from an urlencoded, multipart or JSON body. The query string is not asked.</summary>
internal sealed class ApiForm
{
    /// <summary>Of a body: some 30,000 names.</summary>
    public const int MaxBytes = 1_000_000;

    private const int MaxJsonDepth = 8;

    private static readonly FormOptions Options = new()
    {
        ValueCountLimit = MaxBytes,
        ValueLengthLimit = MaxBytes,
        MemoryBufferThreshold = MaxBytes, // a file part, which nobody should send here, touches no disk
        MultipartBodyLengthLimit = MaxBytes,
    };

    private readonly Func<string, StringValues> _fields;

    private ApiForm(Func<string, StringValues> fields) => _fields = fields;

    /// <returns>Empty when the body is of another kind, or there is none.</returns>
    /// <exception cref="BadHttpRequestException">The body is malformed, too large or too slow.</exception>
    public static async Task<ApiForm> ReadAsync(HttpContext context)
    {
        try
        {
            if (MediaTypeHeaderValue.TryParse(context.Request.ContentType, out MediaTypeHeaderValue? type)
                && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            {
                return await ReadJsonAsync(context);
            }

            FormFeature feature = new(context.Request, Options);
            IFormCollection form = feature.HasFormContentType ? await feature.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
            return new ApiForm(name => form[name]);
        }
        catch (JsonException exception)
        {
            throw new MalformedRequestException("The body is no JSON object of texts and lists of texts.", exception);
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

    /// <returns>Every value of a field, in order; of <c>name[]</c> too, as PHP and jQuery write lists.</returns>
    public StringValues Values(string name) => StringValues.Concat(_fields(name), _fields(name + "[]"));

    /// <exception cref="BadHttpRequestException">The field is given more than once.</exception>
    public string? Single(string name)
    {
        StringValues values = Values(name);
        return values.Count <= 1 ? values : throw new MalformedRequestException($"The field '{name}' is given {values.Count} times; give it once.");
    }

    private static async Task<ApiForm> ReadJsonAsync(HttpContext context)
    {
        using JsonDocument document = await JsonDocument.ParseAsync(
            context.Request.Body, new JsonDocumentOptions { MaxDepth = MaxJsonDepth }, context.RequestAborted);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException();
        }

        Dictionary<string, StringValues> fields = [];
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            fields[property.Name] = property.Value.ValueKind == JsonValueKind.Array
                ? property.Value.EnumerateArray().Select(TextOf).ToArray()
                : new StringValues([TextOf(property.Value)]);
        }

        return new ApiForm(name => fields.GetValueOrDefault(name));
    }

    // A number or an object is no secret and no key; as text it is refused like any wrong one. Null is a value that is not given.
    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };
}
