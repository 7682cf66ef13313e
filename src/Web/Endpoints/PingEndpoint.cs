using ImageBackend.Web.Docs;

namespace ImageBackend.Web.Endpoints;

internal static class PingEndpoint
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Says that the service is up, and nothing about what it depends on.</summary>
    public static void MapPing(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/ping", Methods, () => TypedResults.Text("Pong!"))
        .Describe("ping", "Says that the service is up.")
        .Produces<string>(contentType: "text/plain");
}
