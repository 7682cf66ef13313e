using System.Text.Encodings.Web;
using ImageBackend.Infrastructure.Composition;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Studio;

/// <summary>The page at the root of a service without the studio: what answers here.</summary>
internal static class RootPage
{
    /// <param name="prefix">Precedes the service's paths.</param>
    public static ContentHttpResult Answer(HttpResponse response, string prefix)
    {
        response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        return TypedResults.Content($"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>ImageBackend</title></head>
            <body>
            <h1>ImageBackend {HtmlEncoder.Default.Encode(ProgramVersion.Text)}</h1>
            <p>This image service works. <a href="{HtmlEncoder.Default.Encode(prefix)}/docs">Its API</a></p>
            </body>
            </html>
            """, "text/html; charset=utf-8");
    }
}
