namespace ImageBackend.Web.Http;

/// <summary>
/// Lets only calls through that have the secret, as a bearer token or once in the form; keeps the form for the endpoint.
/// </summary>
internal sealed class SecretFilter(ApiSecret secret, Receiving receiving) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        receiving.Form(context.HttpContext.Request);
        ApiForm form = await ApiForm.ReadAsync(context.HttpContext);
        string? token = BearerFilter.Token(context.HttpContext.Request);
        if (token is null && !form.IsGiven("secret"))
        {
            return Problems.Result(StatusCodes.Status401Unauthorized, "secret_missing", "The form has no field 'secret', and there is no header 'Authorization: Bearer'.");
        }

        // As in c2c: a list of one secret, or a number that reads like it, is not the secret. Whoever sends it in both ways must mean the same.
        bool isRight = (token is null || secret.Matches(token)) && (!form.IsGiven("secret") || (form.Text("secret") is { } given && secret.Matches(given)));
        if (!isRight)
        {
            return Problems.Result(StatusCodes.Status403Forbidden, "secret_wrong", $"The {(token is null ? "field 'secret'" : "bearer token")} is not the secret key.");
        }

        context.HttpContext.Features.Set(form);
        return await next(context);
    }
}

/// <summary>Lets only calls through that have the secret as a bearer token; no body is read. Nobody may keep the answer.</summary>
internal sealed class BearerFilter(ApiSecret secret) : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        return Token(context.HttpContext.Request) switch
        {
            null => ValueTask.FromResult<object?>(Problems.Result(StatusCodes.Status401Unauthorized, "secret_missing", "There is no header 'Authorization: Bearer'.")),
            { } token when !secret.Matches(token) =>
                ValueTask.FromResult<object?>(Problems.Result(StatusCodes.Status403Forbidden, "secret_wrong", "The bearer token is not the secret key.")),
            _ => next(context),
        };
    }

    // Of another scheme, it is meant for a proxy in front of the service.
    public static string? Token(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        string header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }
}

/// <summary>Marks the routes behind <see cref="SecretFilter"/>, or <see cref="BearerFilter"/>.</summary>
/// <param name="InForm">Whether the secret may also be a field of the form.</param>
internal sealed record SecretRequired(bool InForm);

internal static class SecretFilterExtensions
{
    public static RouteHandlerBuilder RequireSecret(this RouteHandlerBuilder route) => route.AddEndpointFilter<SecretFilter>().WithMetadata(new SecretRequired(InForm: true));

    public static RouteHandlerBuilder RequireBearer(this RouteHandlerBuilder route) => route.AddEndpointFilter<BearerFilter>().WithMetadata(new SecretRequired(InForm: false));

    /// <returns>The form that <see cref="SecretFilter"/> let through.</returns>
    public static ApiForm Form(this HttpContext context) => context.Features.Get<ApiForm>() ?? throw new InvalidOperationException("The route does not require the secret.");
}
