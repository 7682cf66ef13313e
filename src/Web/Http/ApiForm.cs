using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ImageBackend.Web.Http;

/// <summary>The fields of a call to a protected route, from an urlencoded, multipart or JSON body. The query string is not read.</summary>
internal sealed class ApiForm
{
    /// <summary>Limit of a body: some 30,000 names.</summary>
    public const int MaxBytes = 1_000_000;

    private const int MaxJsonDepth = 8;
    private const string Brackets = "[]";

    private static readonly FormOptions Options = new()
    {
        ValueCountLimit = MaxBytes,
        ValueLengthLimit = MaxBytes,
        MemoryBufferThreshold = MaxBytes, // a file part, which nobody should send here, does not touch the disk
        MultipartBodyLengthLimit = MaxBytes,
    };

    private readonly Func<string, StringValues?> _texts;
    private readonly Func<string, StringValues?> _others;

    /// <param name="texts">The values of a field that are given as plain texts; null if none.</param>
    /// <param name="others">Those that are given as a list, a number or the like; null if none.</param>
    private ApiForm(Func<string, StringValues?> texts, Func<string, StringValues?> others) => (_texts, _others) = (texts, others);

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

            if (MultipartType.BoundaryOf(context.Request.ContentType) is { } boundary)
            {
                context.Request.ContentType = MultipartType.WithBoundary(boundary);
            }

            FormFeature feature = new(context.Request, Options);
            IFormCollection form = feature.HasFormContentType ? await feature.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
            return new ApiForm(name => ValuesOf(form, name), name => ValuesOf(form, name + Brackets));
        }
        catch (JsonException exception)
        {
            throw new MalformedRequestException("The body is not a JSON object of strings and lists of strings.", exception);
        }
        catch (InvalidDataException exception)
        {
            throw new MalformedRequestException("The form is malformed.", exception);
        }
        catch (NotSupportedException exception)
        {
            throw new MalformedRequestException("The charset of the form is not supported; send UTF-8.", exception); // UTF-7
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            throw new MalformedRequestException("The form is cut off.", exception);
        }
    }

    /// <returns>Every value of a field, in order; also of <c>name[]</c>, as PHP and jQuery write lists.</returns>
    public StringValues Values(string name) => StringValues.Concat(_texts(name) ?? default, _others(name) ?? default);

    /// <exception cref="BadHttpRequestException">The field is given more than once.</exception>
    public string? Single(string name)
    {
        StringValues values = Values(name);
        return values.Count <= 1 ? values : throw new MalformedRequestException($"The field '{name}' is given {values.Count} times; give it once.");
    }

    /// <returns>Whether the field is given in any form, even as an empty list or null.</returns>
    public bool IsGiven(string name) => _texts(name) is not null || _others(name) is not null;

    /// <returns>The value of a field that is given once, as a plain text; otherwise null.</returns>
    public string? Text(string name) => _others(name) is null && _texts(name) is { Count: 1 } values ? values[0] : null;

    private static StringValues? ValuesOf(IFormCollection form, string name) => form.TryGetValue(name, out StringValues values) ? values : (StringValues?)null;

    private static async Task<ApiForm> ReadJsonAsync(HttpContext context)
    {
        using JsonDocument document = await JsonDocument.ParseAsync(
            context.Request.Body, new JsonDocumentOptions { MaxDepth = MaxJsonDepth }, context.RequestAborted);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException();
        }

        Dictionary<string, StringValues> texts = [];
        Dictionary<string, StringValues> others = [];
        try
        {
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                string name = property.Name;
                if (property.Value.ValueKind == JsonValueKind.String && !name.EndsWith(Brackets, StringComparison.Ordinal))
                {
                    texts[name] = property.Value.GetString();
                }
                else
                {
                    others[name.EndsWith(Brackets, StringComparison.Ordinal) ? name[..^Brackets.Length] : name] = property.Value.ValueKind == JsonValueKind.Array
                        ? property.Value.EnumerateArray().Select(TextOf).ToArray()
                        : new StringValues([TextOf(property.Value)]);
                }
            }
        }
        catch (InvalidOperationException exception)
        {
            // The parser accepts any bytes as text, and half of a character written as \uD800; that they are invalid shows only when read.
            throw new MalformedRequestException("The JSON has a text that is not valid Unicode.", exception);
        }

        return new ApiForm(
            name => texts.TryGetValue(name, out StringValues values) ? values : (StringValues?)null,
            name => others.TryGetValue(name, out StringValues values) ? values : (StringValues?)null);
    }

    // A number or an object is not a key; as text, it is refused like any invalid key. Null means that no value is given.
    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };
}
