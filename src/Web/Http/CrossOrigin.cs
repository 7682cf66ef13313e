using ImageBackend.Infrastructure.Composition;

namespace ImageBackend.Web.Http;

/// <summary>Lets pages of other origins read all answers but the studio's, even errors, as the predecessors do; answers preflights for those addresses.</summary>
/// <remarks>
/// ASP.NET's own CORS middleware adds nothing to the answer to a request without an origin, and names methods and headers in preflights only;
/// clients of the predecessors find all three in every answer. Letting a page read an answer opens nothing: protected routes require the secret,
/// and no cookie is ever looked at. The studio's routes are newer than those clients, and stay closed even to a page that knows the secret.
/// </remarks>
internal sealed class CrossOrigin(RequestDelegate next, ServiceSettings settings)
{
    private const string MaxAgeSeconds = "1728000"; // 20 days, as both predecessors say
    private const string Methods = "GET,POST";
    private const string Headers = "Origin,Content-Type,Accept,Authorization";

    private readonly bool _allowsAll = settings.AllowedOrigins.Contains("*");

    public Task InvokeAsync(HttpContext context)
    {
        if (StudioRoutes.Has(context.Request.Path, settings.RoutePrefix))
        {
            return next(context);
        }

        string origin = context.Request.Headers.Origin.ToString();
        string? allowed = AllowedFor(origin);
        bool isTus = context.Request.Path.StartsWithSegments(settings.RoutePrefix + Tus.Route);
        // At the last moment: the code that turns an exception into an answer clears the headers first.
        context.Response.OnStarting(() =>
        {
            Add(context.Response.Headers, allowed, isTus);
            return Task.CompletedTask;
        });
        if (allowed is null || origin.Length == 0 || !HttpMethods.IsOptions(context.Request.Method) || context.Request.Headers.AccessControlRequestMethod.Count == 0)
        {
            return next(context);
        }

        context.Response.Headers.AccessControlMaxAge = MaxAgeSeconds;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private void Add(IHeaderDictionary headers, string? allowed, bool isTus)
    {
        if (!_allowsAll)
        {
            headers.Vary = "Origin"; // even if none was sent: a cache must not give this answer to a page
        }

        if (allowed is not null)
        {
            headers.AccessControlAllowOrigin = allowed;
            headers.AccessControlAllowMethods = isTus ? Tus.CrossOriginMethods : Methods;
            headers.AccessControlAllowHeaders = isTus ? $"{Headers},{Tus.CrossOriginHeaders}" : Headers;
            if (isTus)
            {
                headers.AccessControlExposeHeaders = Tus.ExposedHeaders;
            }
        }
    }

    // "*" if all are allowed, even without an origin, so that all get the same answer; otherwise the origin itself, if it is listed.
    private string? AllowedFor(string origin) =>
        _allowsAll ? "*"
        : origin.Length > 0 && settings.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase) ? origin
        : null;
}
