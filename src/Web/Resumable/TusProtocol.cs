using ImageBackend.Application.Images;
using ImageBackend.Web.Http;

namespace ImageBackend.Web.Resumable;

/// <summary>What tus asks of every request and answer below its address.</summary>
internal static class TusProtocol
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Patch, HttpMethods.Delete, HttpMethods.Options];

    public static Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        bool isOverridden = Override(context.Request);
        bool isHead = HttpMethods.IsHead(context.Request.Method);
        // At the last moment: the code that turns an exception into an answer clears the headers first.
        context.Response.OnStarting(() =>
        {
            Finish(context.Response, isHead, isOverridden);
            return Task.CompletedTask;
        });
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            Describe(context.Response, context.RequestServices.GetRequiredService<UploadLimits>());
            return Task.CompletedTask;
        }

        // A GET is not of tus: anybody who has the address may read the answer.
        return HttpMethods.IsGet(context.Request.Method) || context.Request.Headers[Tus.Resumable] == Tus.Version
            ? next(context)
            : throw new RefusedRequestException(412, "unsupported_version", $"Send '{Tus.Resumable}: {Tus.Version}'.");
    }

    // For clients behind proxies that let only GET and POST through.
    private static bool Override(HttpRequest request)
    {
        if (request.Headers[Tus.MethodOverride] is not [{ } method])
        {
            return false;
        }

        request.Method = Methods.FirstOrDefault(one => one.Equals(method, StringComparison.OrdinalIgnoreCase))
            ?? throw new MalformedRequestException($"{Tus.MethodOverride} has a method that is not possible here.");
        return true;
    }

    private static void Describe(HttpResponse response, UploadLimits limits)
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        response.Headers[Tus.Versions] = Tus.Version;
        response.Headers[Tus.Extension] = Tus.Extensions;
        response.Headers[Tus.MaxSize] = $"{limits.MaxBytes}";
        response.Headers[Tus.ChecksumAlgorithm] = Tus.ChecksumAlgorithms;
    }

    private static void Finish(HttpResponse response, bool isHead, bool isOverridden)
    {
        response.Headers[Tus.Resumable] = Tus.Version;
        if (response.StatusCode == StatusCodes.Status412PreconditionFailed)
        {
            response.Headers[Tus.Versions] = Tus.Version;
        }

        if (!isHead)
        {
            return;
        }

        response.Headers.CacheControl = "no-store";
        if (response.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            // For a client that asks where to go on, 503 means that its upload is lost: it sends everything again. After 423 it asks again.
            response.StatusCode = StatusCodes.Status423Locked;
        }

        if (isOverridden)
        {
            response.ContentLength = 0; // on the wire it is a POST, whose client waits for a body
        }
    }
}
