namespace ImageBackend.Web.Docs;

/// <summary>What the OpenAPI document says of an endpoint beyond what its signature tells.</summary>
/// <param name="Id">The name of the method in generated clients.</param>
/// <param name="Summary">One line.</param>
/// <param name="Text">More, in Markdown; null if there is none.</param>
internal sealed record Description(string Id, string Summary, string? Text);

/// <summary>A field of a body that may be urlencoded, multipart or JSON.</summary>
/// <param name="Example">As text.</param>
internal sealed record FormField(string Name, string Text, string Example)
{
    public bool IsRequired { get; init; }

    /// <summary>Whether it may be given any number of times; in JSON, as a list.</summary>
    public bool IsList { get; init; }

    /// <summary>Whether it is the one file of a multipart form, which takes no other encoding then.</summary>
    public bool IsFile { get; init; }
}

/// <summary>The body that an endpoint reads by itself, field by field.</summary>
internal sealed record FormBody(IReadOnlyList<FormField> Fields);

/// <summary>A body that is plain bytes.</summary>
/// <param name="Type">Its content type.</param>
internal sealed record BytesBody(string Type, bool IsRequired);

/// <summary>A header that an endpoint reads by itself.</summary>
internal sealed record RequestHeader(string Name, string Text, string Example)
{
    public bool IsRequired { get; init; }
}

/// <summary>A parameter in the query of an address.</summary>
internal sealed record QueryParameter(string Name, string Text, string Example);

/// <summary>The codes with which an endpoint may refuse.</summary>
internal sealed record Refusals(IReadOnlyList<string> Codes);

/// <summary>An answer of status 200, as JSON.</summary>
internal sealed record ExampleAnswer(string Json);

internal static class DescribedExtensions
{
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string id, string summary, string? text = null) =>
        route.WithMetadata(new Description(id, summary, text));

    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, params FormField[] fields) => route.WithMetadata(new FormBody(fields));

    public static RouteHandlerBuilder TakesBytes(this RouteHandlerBuilder route, string type, bool isRequired) => route.WithMetadata(new BytesBody(type, isRequired));

    public static RouteHandlerBuilder Reads(this RouteHandlerBuilder route, params RequestHeader[] headers)
    {
        foreach (RequestHeader header in headers)
        {
            route.WithMetadata(header);
        }

        return route;
    }

    public static RouteHandlerBuilder Asks(this RouteHandlerBuilder route, params QueryParameter[] parameters)
    {
        foreach (QueryParameter parameter in parameters)
        {
            route.WithMetadata(parameter);
        }

        return route;
    }

    /// <param name="codes">Besides those that any endpoint answers with; each is in <see cref="ErrorCode.All"/>.</param>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params string[] codes) => route.WithMetadata(new Refusals(codes));

    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder route, string json) => route.WithMetadata(new ExampleAnswer(json));
}
