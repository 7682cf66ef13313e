using System.Text.Encodings.Web;
using ImageBackend.Infrastructure.Composition;

namespace ImageBackend.Web.Endpoints;

/// <summary>The page at <c>/</c> of a service that is being tried out: what to send it, with its own address.</summary>
internal static class TryOutPage
{
    public static void MapTryOutPage(this WebApplication app) => app.MapGet("/", (HttpContext context, ServiceSettings settings) =>
    {
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Content(PageFor($"{context.Request.Scheme}://{context.Request.Host}{settings.RoutePrefix}", settings.RoutePrefix), "text/html; charset=utf-8");
    }).ExcludeFromDescription();

    private static string PageFor(string address, string prefix) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>ImageBackend</title></head>
        <body>
        <h1>ImageBackend {HtmlEncoder.Default.Encode(ProgramVersion.Text)}</h1>
        <p>The service works. Upload a photo here; the answer has its new name:</p>
        <form action="{HtmlEncoder.Default.Encode(prefix)}/upload" method="post" enctype="multipart/form-data">
        <input type="file" name="file" aria-label="Photo"> <button>Upload</button>
        </form>
        <p>Or from a terminal, with the secret that the service printed at its start in place of SECRET, and that name in place of NAME:</p>
        <pre>
        curl -F file=@photo.jpg {HtmlEncoder.Default.Encode(address)}/upload
        curl -d secret=SECRET -d filename=NAME {HtmlEncoder.Default.Encode(address)}/publish
        </pre>
        <p>Then anyone can see it at <code>{HtmlEncoder.Default.Encode(address)}/active/NAME</code>.</p>
        </body>
        </html>
        """;
}
