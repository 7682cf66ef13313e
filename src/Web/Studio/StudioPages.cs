using ImageBackend.Domain;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Web.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace ImageBackend.Web.Studio;

/// <summary>Serves the studio, if it is on, and a page at the root of the service that leads there.</summary>
internal static class StudioPages
{
    private const string AskEachTime = "no-cache"; // after an update, old scripts must not meet the new page
    private const string Keep = "public, max-age=31536000, immutable";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapStudio(this WebApplication app, ServiceSettings settings, StorageSettings storage)
    {
        if (settings.HasStudio)
        {
            MapFiles(app, settings.RoutePrefix + StudioRoutes.Page, PolicyFor(storage));
        }

        foreach (string root in new[] { "/", settings.RoutePrefix + "/" }.Distinct())
        {
            app.MapMethods(root, Methods, (HttpResponse response) => settings.HasStudio
                ? (IResult)TypedResults.Redirect(settings.RoutePrefix + StudioRoutes.Page)
                : RootPage.Answer(response, settings.RoutePrefix)).ExcludeFromDescription();
        }
    }

    private static void MapFiles(WebApplication app, string route, string policy)
    {
        StudioAssets files = StudioAssets.Load();
        // The page's addresses are relative to an address without a final slash.
        app.MapMethods(route, Methods, IResult (HttpContext context) => context.Request.Path.Value!.EndsWith('/')
            ? TypedResults.Redirect(route)
            : Answer(context, files.Page, policy, AskEachTime)).ExcludeFromDescription();
        // A page that another version of the service has sent, as during an update of several, gets what there is.
        app.MapMethods(route + "/{version}/{**name}", Methods, IResult (string version, string? name, HttpContext context) => files.Find(name ?? "") is { } file
            ? Answer(context, file, policy, version == files.Version ? Keep : AskEachTime)
            : Problems.UnknownRoute()).ExcludeFromDescription();
    }

    private static FileContentHttpResult Answer(HttpContext context, StudioAsset file, string policy, string caching)
    {
        IList<StringWithQualityHeaderValue> accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        (ReadOnlyMemory<byte> content, string? encoding, string etag) =
            file.For(name => accepted.Any(one => one.Value.Equals(name, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0));
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = caching;
        headers.Vary = "Accept-Encoding";
        headers.ContentEncoding = encoding;
        return TypedResults.Bytes(content, file.ContentType, entityTag: new EntityTagHeaderValue($"\"{etag}\""));
    }

    // Where readers are redirected to the bucket, so are the page's pictures.
    private static string PolicyFor(StorageSettings storage)
    {
        string bucket = storage.RedirectsReaders ? " " + storage.Backend.PublicAddressOf(ImageKey.Parse("image.jpg"))!.GetLeftPart(UriPartial.Authority) : "";
        return $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:{bucket}; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
    }
}
