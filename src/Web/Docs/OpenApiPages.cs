using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace ImageBackend.Web.Docs;

/// <summary>The OpenAPI document of this service, and a page that shows it.</summary>
internal static class OpenApiPages
{
    /// <summary>Of the API as it is documented; the program's own version is at <c>/health/live</c>.</summary>
    private const string ApiVersion = "1";

    public static void AddDocs(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddSchemaTransformer(LeaveOutWhatMayBeLeftOut);
        options.AddOperationTransformer<OperationText>();
        options.AddDocumentTransformer(DescribeAsync);
    });

    public static void MapDocs(this IEndpointRouteBuilder routes, string prefix)
    {
        routes.MapOpenApi();
        routes.MapScalarApiReference("/docs", options =>
        {
            options.Title = "ImageBackend";
            options.OpenApiRoutePattern = $"{prefix}/openapi/{{documentName}}.json";
            // Nothing is loaded from elsewhere, and nothing is sent there.
            options.DefaultFonts = false;
            options.Telemetry = false;
            options.Agent = new ScalarAgentOptions { Disabled = true };
            options.Mcp = new ScalarMcpOptions { Disabled = true };
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        }).AddEndpointFilter(async (context, next) =>
        {
            context.HttpContext.Response.Headers.ContentSecurityPolicy =
                "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data: blob:; font-src data:; connect-src 'self'; frame-ancestors 'none'";
            context.HttpContext.Response.Headers.XContentTypeOptions = "nosniff";
            return await next(context);
        });
    }

    private static async Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "ImageBackend",
            Version = ApiVersion,
            Description = """
                Takes in photos and prepares them for the web: `upload` makes an image of a photo, `publish` makes it public.

                Errors are `application/problem+json`. Besides those of each operation, any other address is answered with 404
                `unknown_route`, and any other method with 405 `method_not_allowed`.
                """,
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        // Relative to the document: the service need not know under which name it is reached.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [OperationText.BearerScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The secret key, in place of the field `secret`.",
            },
        };
        document.AddComponent(OperationText.ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancellationToken));
    }

    // A field that is not written when it has nothing to say is not required, though the record's constructor requires it.
    private static Task LeaveOutWhatMayBeLeftOut(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo is not null)
        {
            return Task.CompletedTask;
        }

        foreach (JsonPropertyInfo property in context.JsonTypeInfo.Properties)
        {
            if (property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true).Length > 0)
            {
                schema.Required?.Remove(property.Name);
            }
        }

        return Task.CompletedTask;
    }
}

/// <summary>The body of an error, as of RFC 9457. Programs go by its code.</summary>
/// <param name="Type">A URI of the status's definition.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Detail">What is wrong, for people.</param>
/// <param name="Code">What is wrong, for programs: stable.</param>
/// <param name="Limit">The limit that was exceeded.</param>
/// <param name="Actual">The value that exceeded it, if it is known.</param>
/// <param name="RequestId">With the code `internal`: what the service's log has of it.</param>
internal sealed record Problem(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Limit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Actual,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RequestId);
