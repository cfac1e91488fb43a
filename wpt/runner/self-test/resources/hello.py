def main(request, response):
    greeting = b"Hello"
    return [(b"X-Greeting", greeting)], greeting + b", " + request.GET.first(b"name") + b"."
