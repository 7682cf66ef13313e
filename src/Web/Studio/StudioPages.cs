using ImageBackend.Domain;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Web.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace ImageBackend.Web.Studio;

/// <summary>Serves the studio, if it is on, and a page at the root of the service that leads there.</summary>
internal static class StudioPages
{
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
        IReadOnlyDictionary<string, StudioAsset> files = StudioAssets.Load();
        // The page's addresses are relative to an address without a final slash.
        app.MapMethods(route, Methods, IResult (HttpContext context) => context.Request.Path.Value!.EndsWith('/')
            ? TypedResults.Redirect(route)
            : Answer(context, files[StudioAssets.Page], policy)).ExcludeFromDescription();
        app.MapMethods(route + "/{**name}", Methods, IResult (string name, HttpContext context) => files.TryGetValue(name, out StudioAsset? file)
            ? Answer(context, file, policy)
            : Problems.UnknownRoute()).ExcludeFromDescription();
    }

    private static FileContentHttpResult Answer(HttpContext context, StudioAsset file, string policy)
    {
        IList<StringWithQualityHeaderValue> accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        (ReadOnlyMemory<byte> content, string? encoding, string etag) =
            file.For(name => accepted.Any(one => one.Value.Equals(name, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0));
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache"; // after an update, old scripts must not meet the new page
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
