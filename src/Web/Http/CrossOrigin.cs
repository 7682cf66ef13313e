using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Web.Http;

/// <summary>Lets pages of other origins upload, as the predecessors do: preflights, and headers on every answer of <c>/upload</c>, errors too.</summary>
/// <remarks>The routes with a secret are for servers; no page has a reason to call them.</remarks>
internal sealed class CrossOrigin(RequestDelegate next, ServiceSettings settings)
{
    private const string MaxAgeSeconds = "1728000"; // 20 days, as both predecessors say

    public Task InvokeAsync(HttpContext context)
    {
        string? allowed = AllowedFor(context.Request.Headers.Origin.ToString());
        // At the last moment: what turns an exception into an answer clears the headers first.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers.Vary = "Origin";
            context.Response.Headers.AccessControlAllowOrigin = allowed;
            return Task.CompletedTask;
        });
        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            return next(context);
        }

        IHeaderDictionary headers = context.Response.Headers;
        if (allowed is not null && context.Request.Headers.AccessControlRequestMethod.Count > 0)
        {
            headers.AccessControlAllowMethods = "GET,POST";
            headers.AccessControlAllowHeaders = "Origin,Content-Type,Accept,Authorization";
            headers.AccessControlMaxAge = MaxAgeSeconds;
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            headers.Allow = "POST";
        }

        return Task.CompletedTask;
    }

    // "*" where all may; else the origin itself, if it is one of the list.
    private string? AllowedFor(string origin) =>
        origin.Length == 0 ? null
        : settings.AllowedOrigins.Contains("*") ? "*"
        : settings.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase) ? origin
        : null;
}
