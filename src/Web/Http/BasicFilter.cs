using System.Net.Http.Headers;
using System.Text;

namespace ImageBackend.Web.Http;

/// <summary>
/// Lets only calls through that have the secret as the password of Basic authentication, with any user name: a browser asks for it by itself.
/// Nobody may keep the answer.
/// </summary>
/// <remarks>A browser also sends it by itself, for whatever page asks. So it is only for routes that change nothing.</remarks>
internal sealed class BasicFilter(ApiSecret secret) : IEndpointFilter
{
    private const string Challenge = "Basic realm=\"ImageBackend: any user name, and the secret key as the password\", charset=\"UTF-8\"";

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        IHeaderDictionary headers = context.HttpContext.Response.Headers;
        headers.CacheControl = "no-store";
        if (Password(context.HttpContext.Request) is { } password && secret.Matches(password))
        {
            return next(context);
        }

        headers.WWWAuthenticate = Challenge; // also for a wrong one, so that the browser asks again
        return ValueTask.FromResult<object?>(Problems.Result(
            StatusCodes.Status401Unauthorized, "secret_missing", "There is no header 'Authorization: Basic' with the secret key as its password."));
    }

    private static string? Password(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out AuthenticationHeaderValue? header)
            || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || header.Parameter is not { } encoded)
        {
            return null;
        }

        byte[] bytes = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, bytes, out int length) && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [_, string password] ? password : null;
    }
}
