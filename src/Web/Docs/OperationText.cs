using System.Text.Json.Nodes;
using ImageBackend.Web.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ImageBackend.Web.Docs;

/// <summary>Writes what an endpoint's metadata says into its operation: names, body, examples and every error.</summary>
internal sealed class OperationText : IOpenApiOperationTransformer
{
    public const string ProblemSchema = "Problem";
    public const string BearerScheme = "bearer";

    // Any endpoint may fail like this, and one that reads a body also like that.
    private static readonly string[] OfAny = ["internal", "shutting_down"];
    private static readonly string[] OfBodies = ["malformed_request", "too_slow", "busy"];

    private static readonly FormField Secret = new("secret", "The secret key, unless it comes as a bearer token.", "SECRET");

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        IList<object> metadata = context.Description.ActionDescriptor.EndpointMetadata;
        Description description = metadata.OfType<Description>().Single();
        // GET and HEAD are one endpoint, but two operations, whose names must differ.
        operation.OperationId = context.Description.HttpMethod == HttpMethods.Head ? description.Id + "Head" : description.Id;
        operation.Summary = description.Summary;
        operation.Description = description.Text;

        SecretRequired? secret = metadata.OfType<SecretRequired>().LastOrDefault();
        FormBody? body = metadata.OfType<FormBody>().LastOrDefault();
        if (body is not null)
        {
            operation.RequestBody = BodyOf(secret is { InForm: true } ? [Secret, .. body.Fields] : body.Fields);
        }

        BytesBody? bytes = metadata.OfType<BytesBody>().LastOrDefault();
        if (bytes is not null)
        {
            OpenApiSchema schema = new() { Type = JsonSchemaType.String, Format = "binary" };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = bytes.IsRequired,
                Content = new Dictionary<string, OpenApiMediaType> { [bytes.Type] = new() { Schema = schema } },
            };
        }

        AddParameters(operation, metadata);
        AddSecret(operation, secret, context.Document!);
        operation.Responses ??= [];
        if (metadata.OfType<ExampleAnswer>().LastOrDefault() is { } example && operation.Responses["200"].Content?["application/json"] is { } json)
        {
            json.Example = JsonNode.Parse(example.Json);
        }

        IEnumerable<string> codes =
        [
            .. OfAny,
            .. body is null && bytes is null ? [] : OfBodies,
            .. secret is null ? Array.Empty<string>() : ["secret_missing", "secret_wrong"],
            .. secret is { InForm: true } ? ["request_too_large"] : Array.Empty<string>(),
            .. metadata.OfType<Refusals>().SelectMany(refusals => refusals.Codes),
        ];
        foreach (IGrouping<int, ErrorCode> group in codes.Distinct().Select(ErrorCode.Named).GroupBy(code => code.Status).OrderBy(group => group.Key))
        {
            AddRefusal(operation.Responses, group.Key, [.. group], context.Document!);
        }

        return Task.CompletedTask;
    }

    private static void AddParameters(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (RequestHeader header in metadata.OfType<RequestHeader>())
        {
            (operation.Parameters ??= []).Add(ParameterOf(header));
        }

        foreach (QueryParameter query in metadata.OfType<QueryParameter>())
        {
            // The signature tells the rest of it.
            OpenApiParameter parameter = operation.Parameters!.OfType<OpenApiParameter>().Single(one => one.Name == query.Name);
            parameter.Description = query.Text;
            parameter.Example = JsonValue.Create(query.Example);
        }
    }

    private static void AddSecret(OpenApiOperation operation, SecretRequired? secret, OpenApiDocument document)
    {
        if (secret is not null)
        {
            // Either one: the scheme, or nothing but the field.
            OpenApiSecurityRequirement bearer = new() { [new OpenApiSecuritySchemeReference(BearerScheme, document)] = [] };
            operation.Security = secret.InForm ? [bearer, []] : [bearer];
        }
    }

    private static OpenApiParameter ParameterOf(RequestHeader header) => new()
    {
        Name = header.Name,
        In = ParameterLocation.Header,
        Required = header.IsRequired,
        Description = header.Text,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Examples = [JsonValue.Create(header.Example)] },
    };

    private static OpenApiRequestBody BodyOf(IReadOnlyList<FormField> fields)
    {
        OpenApiSchema schema = new()
        {
            Type = JsonSchemaType.Object,
            Properties = fields.ToDictionary(field => field.Name, SchemaOf),
            Required = fields.Where(field => field.IsRequired).Select(field => field.Name).ToHashSet(),
        };
        string[] types = fields.Any(field => field.IsFile)
            ? ["multipart/form-data"]
            : ["application/x-www-form-urlencoded", "multipart/form-data", "application/json"];
        return new OpenApiRequestBody { Required = true, Content = types.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = schema }) };
    }

    private static IOpenApiSchema SchemaOf(FormField field)
    {
        OpenApiSchema text = new() { Type = JsonSchemaType.String, Format = field.IsFile ? "binary" : null };
        OpenApiSchema schema = field.IsList ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = text } : text;
        schema.Description = field.Text;
        if (!field.IsFile)
        {
            schema.Examples = [field.IsList ? new JsonArray(field.Example) : JsonValue.Create(field.Example)];
        }

        return schema;
    }

    private static void AddRefusal(OpenApiResponses responses, int status, IReadOnlyList<ErrorCode> codes, OpenApiDocument document)
    {
        OpenApiMediaType body = new()
        {
            Schema = new OpenApiSchemaReference(ProblemSchema, document),
            Examples = codes.ToDictionary(code => code.Code, code => (IOpenApiExample)new OpenApiExample { Value = code.Example() }),
        };
        string text = string.Join(", ", codes.Select(code => $"`{code.Code}`"));
        string key = $"{status}";
        // An endpoint may answer with this status and a body of its own as well.
        if (responses.TryGetValue(key, out IOpenApiResponse? existing) && existing.Content is { } content)
        {
            content["application/problem+json"] = body;
            ((OpenApiResponse)existing).Description += $"; or {text}";
            return;
        }

        responses[key] = new OpenApiResponse { Description = text, Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = body } };
    }
}
